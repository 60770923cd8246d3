/** The text before a cursor: the tokens that a model has read when it predicts the next one. */
import { lexText, type LexedText, type TextLanguage } from './text.ts';

export interface CaretContext {
  readonly place: 'code' | 'string' | 'comment';
  /** Tokens before the cursor, without the typed part of the requested one. */
  readonly tokens: readonly string[];
  /** A name or number that ends at the cursor; empty if there is none. */
  readonly typed: string;
  /** From the cursor to the end of its line. */
  readonly following: string;
  /** The text before the cursor, and its tokens with their positions. */
  readonly before: string;
  readonly lexed: LexedText;
}

/** @param cursor in UTF-16 units */
export function caretContext(text: string, cursor: number, language: TextLanguage): CaretContext {
  const before = text.slice(0, cursor);
  const lexed = lexText(before, language);
  const { tokens, kinds, starts, ends } = lexed;
  const feed = text.indexOf('\n', cursor);
  const following = text.slice(cursor, feed < 0 ? text.length : feed);
  const at = { following, before, lexed };
  const lineStart = before.lastIndexOf('\n') + 1;

  const quote = kinds.findIndex((kind, i) => starts[i]! >= lineStart && kind === 'symbol' && /^['"]$/.test(tokens[i]!));
  if (quote >= 0 || isOpenString(before, lexed)) {
    // the scanner reports the prefix of an unclosed string as a name
    const hasPrefix = kinds[quote - 1] === 'name' && ends[quote - 1] === starts[quote];
    const whole = quote < 0 ? tokens : tokens.slice(0, hasPrefix ? quote - 1 : quote);
    return { ...at, place: 'string', tokens: whole, typed: '' };
  }
  const last = tokens.length - 1;
  const gap = before.slice(Math.max(lineStart, ends[last] ?? 0));
  if (gap.includes('#')) return { ...at, place: 'comment', tokens, typed: '' };
  const kind = kinds[last];
  const touches = ends[last] === before.length && (kind === 'name' || kind === 'number');
  if (!touches) return { ...at, place: 'code', tokens, typed: '' };
  return { ...at, place: 'code', tokens: tokens.slice(0, last), typed: before.slice(starts[last]) };
}

/** Whether the text ends inside a string over several lines. The scanner reports no token for it, only that it is not closed. */
function isOpenString(before: string, { trouble, ends }: LexedText): boolean {
  if (!trouble?.reason.startsWith('the string')) return false;
  const after = before.slice(ends.at(-1) ?? 0);
  return /['"]/.test(after);
}

/** Whether only closing brackets, colons, commas and a comment follow, so that text can be inserted before them. */
export function restIsClosing(following: string): boolean {
  return /^[\s)\]}:,]*(#.*)?$/.test(following);
}
