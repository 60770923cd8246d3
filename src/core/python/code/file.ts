/** Writes a whole file from its tokens, such that lexing it returns the same tokens. */
import { EOL_TOKEN, UNK_TOKEN } from '../specialTokens.ts';
import { numberOf, stringParts } from './spacing.ts';
import { lexText, type TextLanguage } from './text.ts';
import { CodeWriter, type Level } from './write.ts';

export interface WrittenFile {
  readonly text: string;
  /** The name that replaces each `<UNK>`. */
  readonly unknown: string;
}

/**
 * Tokens do not include indentation. It is guessed from colons and from the words that usually begin lines at the margin. Literals that
 * are not kept get a placeholder body. Lexing the result returns the given tokens, except that `<UNK>` and tokens that cannot be written
 * as source become the name `unknown`.
 * @param tokens without `<s>`, `</s>` and PAD
 * @param isKnown whether a token has an id
 */
export function writeFile(
  tokens: readonly string[],
  language: TextLanguage,
  isKnown: (token: string) => boolean,
): WrittenFile {
  const unknown = firstOf('unknown', (name) => !isKnown(name));
  const body = firstOf('text', (text) => !language.kept.str.has(text));
  const number = firstOf('7', (digits) => !language.kept.num.has(digits));
  const written = (token: string): string => {
    if (token === UNK_TOKEN) return unknown;
    const string = stringParts(token);
    if (string?.body === null) return string.opening + body + string.closing;
    if (string) return string.opening + string.body + string.closing;
    const digits = numberOf(token);
    return digits === undefined ? token : (digits ?? number);
  };
  const isWritable = (token: string) => {
    // these would begin a string, or continue the line on the next one
    if (/^['"\\]$/.test(token)) return false;
    const { tokens: back } = lexText(written(token), language);
    return back.length === 1 && back[0] === (token === UNK_TOKEN ? unknown : token);
  };
  const sources = new Map<string, string>();
  const sourceOf = (token: string): string => {
    const source = sources.get(token) ?? (isWritable(token) ? written(token) : unknown);
    sources.set(token, source);
    return source;
  };
  const writer = new CodeWriter();
  let text = '';
  let last = '';
  for (const [i, token] of tokens.entries()) {
    if (token === EOL_TOKEN) {
      writer.write(token);
      continue;
    }
    const source = sourceOf(token);
    const begins = i === 0 || tokens[i - 1] === EOL_TOKEN;
    const { before } = writer.write(source, i === 0 ? '' : undefined, begins ? levelOf(tokens, i) : undefined);
    const joins = before === '' && last !== '' && !begins && lexText(last + source, language).tokens.length !== 2;
    text += (joins ? ' ' : before) + source;
    last = source;
  }
  return { text, unknown };
}

/** The most likely level of a line that begins with a token; undefined if it depends on the lines above. */
function levelOf(tokens: readonly string[], at: number): Level | undefined {
  const token = tokens[at];
  if (token === '@') {
    // a decorator has the level of what it decorates
    const next = tokens.indexOf(EOL_TOKEN, at) + 1;
    return next === 0 ? undefined : levelOf(tokens, next);
  }
  if (token === 'async') return levelOf(tokens, at + 1);
  if (token === 'class') return 'file';
  if (token === 'if' && tokens[at + 1] === '__name__') return 'file';
  if (token !== 'def') return undefined;
  const parameter = tokens[at + 3];
  return parameter === 'self' || parameter === 'cls' ? 'class' : 'function';
}

/** More names than a vocabulary has tokens, so one of them is free. */
const MAX_NAMES = 100_000;

function firstOf(stem: string, isFree: (text: string) => boolean): string {
  for (let i = 0, text = stem; i < MAX_NAMES; text = `${stem}${i++}`) if (isFree(text)) return text;
  throw new RangeError(`every name that begins with ${stem} is taken`);
}
