/**
 * Lays tokens out as code again. Spaces and indentation are not among the tokens: the spaces are those that people would type, and lines
 * within brackets are indented; blocks are not indented, since nothing shows their depth.
 */
import { EOL_TOKEN, START_TOKEN } from '../specialTokens.ts';
import { CLOSING, Spacing, type CodePiece } from './spacing.ts';

const INDENT = '    ';

/** Lines of code. @param tokens of one row, PAD left out */
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
