/** Writes tokens as code as people would type it: at a cursor, or as a whole file. */
import { END_TOKEN, EOL_TOKEN, START_TOKEN, PAD_TOKEN, UNK_TOKEN } from '../specialTokens.ts';
import type { CaretContext } from './caret.ts';
import { CLOSING, numberOf, OPENING, Spacing, stringParts, type CodePiece } from './spacing.ts';

/** Fields are for text that the model cannot know, such as that of a literal: the user fills them in, one after the other. */
export interface Piece {
  readonly text: string;
  readonly field: boolean;
}

const UNWRITABLE: ReadonlySet<string> = new Set([START_TOKEN, END_TOKEN, PAD_TOKEN, UNK_TOKEN]);
/** Nothing of a block is reached behind these. */
const LEAVES: ReadonlySet<string> = new Set(['return', 'pass', 'raise', 'break', 'continue']);
/** Keywords that continue a block, and those that may have opened it. */
const GOES_ON: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['elif', new Set(['if', 'elif'])],
  ['else', new Set(['if', 'elif', 'for', 'while', 'except', 'try'])],
  ['except', new Set(['try', 'except'])],
  ['finally', new Set(['try', 'except', 'else'])],
]);
const STEP = '    ';

/** Where a line stands whose indentation nobody knows: at the margin, in the body of a class, or where functions stand. */
export type Level = 'file' | 'class' | 'function';

/** Writes token after token; knows the indentation of what is there already. */
export class CodeWriter {
  readonly #spacing = new Spacing();
  /** Spaces of one level of indentation, as in the last block that the text opened. */
  #step = STEP;
  /** Lines that opened a block which may still be open, the outermost first. */
  readonly #blocks: { readonly indent: string; readonly word: string }[] = [];
  /** For each open bracket, the indentation of its line, and of the lines inside it as soon as there is one. */
  readonly #brackets: { readonly indent: string; within: string | null }[] = [];
  /** Indentation of the current line, and of the first line of its statement. */
  #indent = '';
  #statement = '';
  /** First and last token of the statement; empty where it has none yet. */
  #first = '';
  #last = '';
  /** The next token begins a line. */
  #atLineEnd = true;

  /** A token that is in the text. @param indent of its line, where it is the first one there */
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
   * @param present the text in front of it, where that is written already
   * @param level of the line that it begins, as far as that can be guessed
   * @returns white space before it, line feeds among it, and the token in pieces
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
    // A line that is there has the indentation that it has, but for a block that somebody has not moved in yet.
    const own = indentAt(present, present.length);
    const missing = this.#isBlockExpected && own === this.#statement ? this.#step : '';
    this.#beginLine(token, own + missing);
    this.#take(token);
    return { before: missing, pieces: piecesOf(token) };
  }

  get #isBlockExpected(): boolean {
    return this.#last === ':' && this.#first !== '' && this.#brackets.length === 0;
  }

  /** The white space of a line that has no token yet. */
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
        // a keyword that continues a block keeps it open until its own colon
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

  /** Undefined where the level says nothing: within brackets, or where a block has to begin. */
  #levelled(level: Level | undefined): string | undefined {
    if (level === undefined || this.#brackets.length > 0 || this.#isBlockExpected) return undefined;
    const inClass = this.#blocks.findLast(({ word }) => word === 'class');
    if (level === 'class' && inClass) return inClass.indent + this.#step;
    // a function within a function is seldom behind a statement that leaves it
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
 * Consecutive tokens from a cursor on.
 * @param tokens the first of them continues the typed text
 * @param completes the typed text is a token of its own, and the first of these follows it
 * @returns text to insert at the cursor, with neighbors joined
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
    // the space may be there already
    const space = continuesWord || (written.before === ' ' && /\s$/.test(before)) ? '' : written.before;
    pieces.push({ text: space, field: false });
    if (head) pieces.push({ ...head, text: continuesWord ? head.text.slice(typed.length) : head.text }, ...tail);
  }
  if (tokens.at(-1) === EOL_TOKEN) pieces.push({ text: writer.lineStart(), field: false });
  return joined(pieces);
}

/** A token in pieces; what the model cannot know of it is a field. */
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

/** White space in front of the line that a place is in. */
function indentAt(text: string, place: number): string {
  const line = text.slice(text.lastIndexOf('\n', place - 1) + 1, place);
  return /^[ \t\f]*/.exec(line)?.[0] ?? '';
}
