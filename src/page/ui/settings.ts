/**
 * What the page keeps in this browser's localStorage: the view, the picked runs, the text of the Complete room, edited discussions. What
 * cannot be read is replaced by its default, but not lost: the text as it was is set aside, said so, and offered as a file.
 */
import type { z } from 'zod';
import { notify } from './notices.ts';
import { saveFile } from './saveFile.ts';

interface Settings<T> {
  /** Of localStorage. */
  readonly key: string;
  /** What it is, for people: `the view of the charts`. */
  readonly what: string;
  /** Fields that cannot be read fall back to their defaults (`catch`), and so are found to differ. */
  readonly schema: z.ZodType<T>;
  /** What the schema makes the defaults of. */
  readonly empty: unknown;
}

export function readSettings<T>({ key, what, schema, empty }: Settings<T>): T {
  const text = textOf(key);
  const { value, whole } = parsed(text, schema, empty);
  if (text !== null && !whole) setAside(key, text);
  const aside = textOf(asideKey(key));
  if (aside !== null) offer(key, what, aside);
  return value;
}

/** @returns false where the browser keeps nothing, and so what is set holds for this visit alone */
export function writeSettings(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // Refused in some private windows, or full.
  }
}

function textOf(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // Refused in some private windows.
  }
}

function parsed<T>(text: string | null, schema: z.ZodType<T>, empty: unknown): { value: T; whole: boolean } {
  if (text === null) return { value: schema.parse(empty), whole: true };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { value: schema.parse(empty), whole: false };
  }
  const found = schema.safeParse(json);
  if (!found.success) return { value: schema.parse(empty), whole: false };
  return { value: found.data, whole: holds(json, found.data) };
}

/** Whether all that was read of a value is in it as it stood; what an older or newer lab has besides, or lacks, is no damage. */
function holds(value: unknown, read: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(read)) {
    return value.length === read.length && value.every((one, at) => holds(one, read[at]));
  }
  if (!isObject(value) || !isObject(read)) return Object.is(value, read);
  return Object.entries(read).every(([name, one]) => !Object.hasOwn(value, name) || holds(value[name], one));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asideKey = (key: string) => `${key}.unreadable`;

/** Behind what was set aside before and not taken yet. */
function setAside(key: string, text: string): void {
  const before = textOf(asideKey(key));
  try {
    localStorage.setItem(asideKey(key), before === null ? text : `${before}\n${text}`);
    localStorage.removeItem(key);
  } catch {
    // No room for a copy: what is there stays until something newer is kept.
  }
}

const offered = new Set<string>();

/** Once a visit, until it is taken. */
function offer(key: string, what: string, text: string): void {
  if (offered.has(key)) return;
  offered.add(key);
  const notice = {
    text: `Something this browser kept could not be read: ${what}. Its default is used.`,
    action: {
      label: 'Save what was kept',
      run: () => {
        saveFile(`${key}.json`, new Blob([text], { type: 'application/json' }));
        localStorage.removeItem(asideKey(key));
      },
    },
  };
  // a component may read its settings while it is drawn
  queueMicrotask(() => notify(notice));
}
