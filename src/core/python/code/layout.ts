/**
 * Lays tokens out as code. Tokens do not include spaces and indentation. Spaces follow PEP 8, and lines within brackets are indented.
 * Blocks are not indented, since the tokens do not show their depth.
 */
import { EOL_TOKEN, START_TOKEN } from '../specialTokens.ts';
import { CLOSING, Spacing, type CodePiece } from './spacing.ts';

const INDENT = '    ';

/** @param tokens of one row, without PAD @returns lines of code */
export function layOut(tokens: readonly string[]): readonly (readonly CodePiece[])[] {
  const lines: CodePiece[][] = [[]];
  const spacing = new Spacing();
  for (const token of tokens) {
    if (token === EOL_TOKEN) {
      lines.push([]);
      spacing.newLine();
      continue;
    }
    const line = lines.at(-1)!;
    const depth = spacing.depth - (CLOSING.has(token) ? 1 : 0);
    const piece = spacing.next(token);
    line.push(line.length > 0 ? piece : { ...piece, before: INDENT.repeat(Math.max(0, depth)) });
    if (token !== START_TOKEN) continue;
    lines.push([]);
    spacing.newLine();
  }
  if (lines.at(-1)!.length === 0) lines.pop();
  return lines;
}
