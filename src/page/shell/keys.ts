/** Which key does what; pure, so that it is tested without a page. */
import { PAGES, type PagePath } from './pages.ts';

export type KeyAction =
  | { readonly type: 'page'; readonly path: PagePath }
  | { readonly type: 'train' }
  | { readonly type: 'pause' }
  | { readonly type: 'search' }
  | { readonly type: 'keys' };

export interface KeyPress {
  readonly key: string;
  /** Ctrl, Alt or Meta is held: these are the browser's own shortcuts. */
  readonly modified: boolean;
  /** The focus is where text is typed. */
  readonly typing: boolean;
  /** The focus is on something that space presses. */
  readonly onControl: boolean;
  /** A dialog is open, which receives all keys. */
  readonly inDialog: boolean;
}

export function keyAction({ key, modified, typing, onControl, inDialog }: KeyPress): KeyAction | null {
  if (modified || typing || inDialog) return null;
  const page = PAGES[Number(key) - 1];
  if (page) return { type: 'page', path: page.path };
  if (key === 't' || key === 'T') return { type: 'train' };
  if (key === ' ' && !onControl) return { type: 'pause' };
  if (key === '/') return { type: 'search' };
  if (key === '?') return { type: 'keys' };
  return null;
}

/** The keys as the list of keys shows them. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['1', '2', '3', '4'], does: 'Go to Data, Train, Compare, Complete' },
  { keys: ['T'], does: 'Train with the settings of the Train page' },
  { keys: ['Space'], does: 'Pause or resume training' },
  { keys: ['/'], does: 'Search the runs' },
  { keys: ['?'], does: 'Show these keys' },
  { keys: ['Esc'], does: 'Close what is open' },
  { keys: ['Tab'], does: 'In Complete: accept the suggestion; without one, indent' },
  { keys: ['Ctrl or ⌘', '→'], does: 'In Complete: accept a word; with Enter, a line' },
  { keys: ['Alt', ']', '['], does: 'In Complete: show another suggestion' },
];
