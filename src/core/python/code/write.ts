/** Writes tokens as code with spaces and indentation, at a cursor or as a whole file. */
import { END_TOKEN, EOL_TOKEN, START_TOKEN, PAD_TOKEN, UNK_TOKEN } from '../specialTokens.ts';
import type { CaretContext } from './caret.ts';
import { CLOSING, numberOf, OPENING, Spacing, stringParts, type CodePiece } from './spacing.ts';

/** A piece of text. A field stands for text that the model cannot know, such as that of a literal, and that the user fills in. */
export interface Piece {
  readonly text: string;
  readonly field: boolean;
}

const UNWRITABLE: ReadonlySet<string> = new Set([START_TOKEN, END_TOKEN, PAD_TOKEN, UNK_TOKEN]);
/** Statements that usually end their block: nothing after them runs, or the block is empty (`pass`). */
const LEAVES: ReadonlySet<string> = new Set(['return', 'pass', 'raise', 'break', 'continue']);
/** Keywords that continue a block, and those that may have opened it. */
const GOES_ON: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['elif', new Set(['if', 'elif'])],
  ['else', new Set(['if', 'elif', 'for', 'while', 'except', 'try'])],
  ['except', new Set(['try', 'except'])],
  ['finally', new Set(['try', 'except', 'else'])],
]);
const STEP = '    ';

/** Guessed level of a line with unknown indentation: at the margin, in the body of a class, or where a function is defined. */
export type Level = 'file' | 'class' | 'function';

/** Writes tokens one after the other, with the indentation of the text before them. */
export class CodeWriter {
  readonly #spacing = new Spacing();
  /** Spaces of one level of indentation, as in the last block that the text opened. */
  #step = STEP;
  /** Indentation and first word of the lines whose block may still be open, the outermost first. */
  readonly #blocks: { readonly indent: string; readonly word: string }[] = [];
  /** For each open bracket, the indentation of its line, and of the lines inside it once there is one. */
  readonly #brackets: { readonly indent: string; within: string | null }[] = [];
  /** Indentation of the current line, and of the first line of its statement. */
  #indent = '';
  #statement = '';
  /** First and last token of the statement; empty if it has none yet. */
  #first = '';
  #last = '';
  /** Whether the next token begins a line. */
  #atLineEnd = true;

  /** Reads a token that is in the text already. @param indent of its line if it is the first token there, otherwise null */
  see(token: string, indent: string | null): void {
    if (token === EOL_TOKEN) return this.#endLine();
    if (indent !== null) {
      const isMovedIn = indent.length > this.#statement.length && indent.startsWith(this.#statement);
      if (this.#isBlockExpected && isMovedIn) this.#step = indent.slice(this.#statement.length);
      this.#beginLine(token, indent);
    }
    this.#take(token);
  }

  /**
   * @param present the text before the token, if it is written already
   * @param level guessed level of the line that the token begins
   * @returns the white space before the token, including line feeds, and the token in pieces
   */
  write(
    token: string,
    present?: string,
    level?: Level,
  ): { readonly before: string; readonly pieces: readonly Piece[] } {
    if (UNWRITABLE.has(token)) throw new RangeError(`${token} cannot be written`);
    if (token === EOL_TOKEN) {
      this.#endLine();
      return { before: '', pieces: [] };
    }
    if (!this.#atLineEnd) return { before: this.#take(token).before, pieces: piecesOf(token) };
    if (present === undefined) {
      const indent = this.#levelled(level) ?? this.#indentOf(token);
      this.#beginLine(token, indent);
      this.#take(token);
      return { before: `\n${indent}`, pieces: piecesOf(token) };
    }
    // An existing line keeps its indentation, unless a block is expected and the line is not indented yet.
    const own = indentAt(present, present.length);
    const missing = this.#isBlockExpected && own === this.#statement ? this.#step : '';
    this.#beginLine(token, own + missing);
    this.#take(token);
    return { before: missing, pieces: piecesOf(token) };
  }

  get #isBlockExpected(): boolean {
    return this.#last === ':' && this.#first !== '' && this.#brackets.length === 0;
  }

  /** The line feed and indentation of a line that has no token yet; empty if the last line has tokens. */
  lineStart(): string {
    return this.#atLineEnd ? `\n${this.#indentOf('')}` : '';
  }

  #take(token: string): CodePiece {
    if (CLOSING.has(token)) this.#brackets.pop();
    if (OPENING.has(token)) this.#brackets.push({ indent: this.#indent, within: null });
    this.#first ||= token;
    this.#last = token;
    return this.#spacing.next(token);
  }

  #endLine(): void {
    this.#spacing.newLine();
    this.#atLineEnd = true;
  }

  #beginLine(token: string, indent: string): void {
    this.#spacing.newLine();
    this.#atLineEnd = false;
    const bracket = this.#brackets.at(-1);
    if (bracket) {
      if (!CLOSING.has(token)) bracket.within = indent;
    } else {
      this.#endStatement();
      while ((this.#blocks.at(-1)?.indent.length ?? -1) >= indent.length) {
        // a keyword such as `else` keeps the block open until its own colon
        if (this.#blocks.at(-1)?.indent === indent && GOES_ON.has(token)) break;
        this.#blocks.pop();
      }
      this.#statement = indent;
      this.#first = '';
    }
    this.#indent = indent;
  }

  #endStatement(): void {
    if (this.#last !== ':' || this.#first === '') return;
    if (this.#blocks.at(-1)?.indent === this.#statement) this.#blocks.pop();
    this.#blocks.push({ indent: this.#statement, word: this.#first });
    this.#first = '';
  }

  /** Indentation by level; undefined within brackets, where a block must begin, or if the level does not decide it. */
  #levelled(level: Level | undefined): string | undefined {
    if (level === undefined || this.#brackets.length > 0 || this.#isBlockExpected) return undefined;
    const inClass = this.#blocks.findLast(({ word }) => word === 'class');
    if (level === 'class' && inClass) return inClass.indent + this.#step;
    // a nested function rarely follows a statement that leaves the outer one
    if (level === 'function' && !LEAVES.has(this.#first)) return undefined;
    return level === 'class' ? undefined : '';
  }

  /** Indentation of a new line that begins with a token. */
  #indentOf(token: string): string {
    const bracket = this.#brackets.at(-1);
    if (bracket) return CLOSING.has(token) ? bracket.indent : (bracket.within ?? bracket.indent + this.#step);
    const openers = GOES_ON.get(token);
    if (openers) {
      const block = this.#blocks.findLast(
        ({ indent, word }) => openers.has(word) && indent.length <= this.#statement.length,
      );
      if (block) return block.indent;
    }
    if (this.#isBlockExpected) return this.#statement + this.#step;
    return LEAVES.has(this.#first) ? this.#statement.slice(0, -this.#step.length || undefined) : this.#statement;
  }
}

/**
 * Writes consecutive tokens at a cursor.
 * @param tokens the first one continues the typed text, unless `completes` is set
 * @param completes whether the typed text is a complete token, which the first of these follows
 * @returns the text to insert at the cursor, with adjacent texts joined
 */
export function writeTokens(
  context: Pick<CaretContext, 'before' | 'lexed' | 'typed'>,
  tokens: readonly string[],
  { completes = false }: { readonly completes?: boolean } = {},
): Piece[] {
  const { before, lexed, typed } = context;
  const writer = new CodeWriter();
  const whole = typed === '' || completes ? lexed.tokens.length : lexed.tokens.length - 1;
  for (let i = 0; i < whole; i++) {
    const start = lexed.starts[i]!;
    const begins = i === 0 || lexed.tokens[i - 1] === EOL_TOKEN;
    writer.see(lexed.tokens[i]!, begins ? indentAt(before, start) : null);
  }
  const pieces: Piece[] = [];
  for (const [i, token] of tokens.entries()) {
    const written = writer.write(token, i === 0 ? before : undefined);
    if (i > 0) {
      pieces.push({ text: written.before, field: false }, ...written.pieces);
      continue;
    }
    const [head, ...tail] = written.pieces;
    const continuesWord = typed !== '' && !completes;
    // the text may end in a space already
    const space = continuesWord || (written.before === ' ' && /\s$/.test(before)) ? '' : written.before;
    pieces.push({ text: space, field: false });
    if (head) pieces.push({ ...head, text: continuesWord ? head.text.slice(typed.length) : head.text }, ...tail);
  }
  if (tokens.at(-1) === EOL_TOKEN) pieces.push({ text: writer.lineStart(), field: false });
  return joined(pieces);
}

/** Splits a token into pieces. Text that the model cannot know is a field. */
function piecesOf(token: string): Piece[] {
  const plain = (text: string): Piece => ({ text, field: false });
  const string = stringParts(token);
  if (string?.body === null) return [plain(string.opening), { text: '', field: true }, plain(string.closing)];
  if (string) return [plain(`${string.opening}${string.body}${string.closing}`)];
  const number = numberOf(token);
  if (number !== undefined) return [number === null ? { text: '0', field: true } : plain(number)];
  return [plain(token)];
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last && !last.field && !piece.field) all[all.length - 1] = { text: last.text + piece.text, field: false };
    else if (piece.field || piece.text !== '') all.push(piece);
  }
  return all;
}

/** The indentation of the line that contains a position. */
function indentAt(text: string, place: number): string {
  const line = text.slice(text.lastIndexOf('\n', place - 1) + 1, place);
  return /^[ \t\f]*/.exec(line)?.[0] ?? '';
}
