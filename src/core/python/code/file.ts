/** A whole file from its tokens, so that lexing it gives the same tokens back. */
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
 * Indentation is none of the tokens: it is guessed, from colons and from what people begin a file's own lines with. Literals that
 * are not kept get a body of their own. What comes out is lexed to the tokens given, where `<UNK>`, and any token that no source can
 * have at its place, is the name `unknown`.
 * @param tokens `<s>`, `</s>` and PAD left out
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
    // these would take what follows into a string, or the next line into this one
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

/** On which level a line that begins with a token most likely stands; undefined where only what is above it can tell. */
function levelOf(tokens: readonly string[], at: number): Level | undefined {
  const token = tokens[at];
  if (token === '@') {
    // as what it decorates
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

/** More than a vocabulary has, so one of these names is free. */
const MAX_NAMES = 100_000;

function firstOf(stem: string, isFree: (text: string) => boolean): string {
  for (let i = 0, text = stem; i < MAX_NAMES; text = `${stem}${i++}`) if (isFree(text)) return text;
  throw new RangeError(`every name that begins with ${stem} is taken`);
}
