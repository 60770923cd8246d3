/** The suggestion at the cursor, and accepting parts of it: plain functions over its pieces. */
import type { Piece } from '#core/python/code/write.ts';

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** What is left of an offer when somebody types what it says; null where they type something else. */
export function afterTyping(pieces: readonly Piece[], typed: string): readonly Piece[] | null {
  let left = typed;
  const rest: Piece[] = [];
  for (const piece of pieces) {
    const length = Math.min(left.length, piece.text.length);
    if (piece.text.slice(0, length) !== left.slice(0, length)) return null;
    left = left.slice(length);
    if (length < piece.text.length || (piece.field && length === 0 && left === ''))
      rest.push({ ...piece, text: piece.text.slice(length) });
  }
  return left === '' && textOf(rest) !== '' ? rest : null;
}

/** The first word of an offer, or its first run of signs, with the white space in front. */
export function firstWord(pieces: readonly Piece[]): string {
  return /^\s*(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]+)?/u.exec(textOf(pieces))?.[0] ?? '';
}

/** An offer up to the end of its first line that says something. */
export function firstLine(pieces: readonly Piece[]): readonly Piece[] {
  const text = textOf(pieces);
  const feed = text.indexOf('\n', text.search(/[^\n]/));
  if (feed < 0) return pieces;
  let left = feed;
  const line: Piece[] = [];
  for (const piece of pieces) {
    if (left <= 0 && piece.text !== '') break;
    line.push({ ...piece, text: piece.text.slice(0, left) });
    left -= piece.text.length;
  }
  return line;
}

/** What a snippet would take for a field of its own, or for a brace that is escaped. */
const OWN_TO_SNIPPETS = /[#$]\{|\\[{}]/;

/**
 * A suggestion as a CodeMirror snippet, whose fields are visited with Tab. Its lines are indented as much as the line it is in. Nothing is
 * escaped: after several escaped braces a snippet loses the places of its fields.
 * @param indent of that line
 * @returns null if there is no field, or for text that a snippet cannot have: a dedented line, one indented with tabs, an indentation that
 * two pieces share, or characters of the snippet syntax
 */
export function toSnippet(pieces: readonly Piece[], indent: string): string | null {
  if (!pieces.some(({ field }) => field)) return null;
  if (pieces.some(({ text, field }) => field && /[{}\n]/.test(text))) return null;
  const text = textOf(pieces);
  if (OWN_TO_SNIPPETS.test(text)) return null;
  const isSayable = (line: string) => line.startsWith(indent) && line[indent.length] !== '\t';
  if (!text.split('\n').slice(1).every(isSayable)) return null;
  const movedIn = (some: string) => some.replaceAll(`\n${indent}`, '\n');
  // two pieces can share an indentation
  if (pieces.map((piece) => movedIn(piece.text)).join('') !== movedIn(text)) return null;
  let fields = 0;
  return pieces.map((piece) => (piece.field ? `\${${++fields}:${movedIn(piece.text)}}` : movedIn(piece.text))).join('');
}
