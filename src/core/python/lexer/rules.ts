/**
 * CodeXGLUE's two rule sets. `codexglue-2021` is in `tokens.ts`. `codexglue-2020` is the first version of the task's
 * `preprocess.py`, which made the data set on Hugging Face. It keeps short literals unchanged and drops long tokens.
 */
import { EOL_TOKEN } from '../specialTokens.ts';
import type { RawToken } from './tokens.ts';

export const RULES = ['codexglue-2021', 'codexglue-2020'] as const;
export type Rules = (typeof RULES)[number];

const MAX_TOKEN = 100;
/** Strings and numbers are kept if they are shorter than this. */
const LONG_STRING = 15;
const LONG_NUMBER = 50;
const MARKS = ['<s>', '</s>', '<pad>', '<EOL>'];

/** Converts the tokens of a file to the older rules. */
export function byRulesOf2020(tokens: Iterable<RawToken>): string[] {
  const texts: string[] = [];
  for (const token of tokens) {
    const text = textOf2020(token);
    if (text === '' || (text === EOL_TOKEN && texts.at(-1) === EOL_TOKEN)) continue;
    texts.push(text);
  }
  if (texts[0] === EOL_TOKEN) texts.shift();
  if (texts.at(-1) === EOL_TOKEN) texts.pop();
  return texts;
}

/** The text of a token by the older rules; empty if it is dropped. */
export function textOf2020(token: RawToken): string {
  const written = token.kind === 'word' ? token.text : token.kind === 'num' ? token.body : stringOf(token);
  const length = lengthOf(written);
  if (length > MAX_TOKEN) return '';
  if (token.kind === 'num') return length < LONG_NUMBER ? written : '';
  return token.kind === 'str' ? shortString(written) : written;
}

type StringToken = Extract<RawToken, { kind: 'str' }>;

/** The string as in the source, with folded white space. */
function stringOf({ before, body, after }: StringToken): string {
  return before + body.replaceAll('U+0020', ' ').replaceAll('U+002C', ',') + after;
}

function shortString(written: string): string {
  // preprocess.py accepts only lower-case prefixes. With other prefixes the quotes become part of the body.
  const prefix = /^[a-z]*/.exec(written)?.[0] ?? '';
  const rest = written.slice(prefix.length);
  const quote = /^(?:'''|"""|'|")/.exec(rest)?.[0] ?? '';
  if (quote.length === 3) return '';
  const body = rest.slice(quote.length, rest.length - quote.length);
  const short = lengthOf(body) < LONG_STRING && !MARKS.some((mark) => body.includes(mark));
  return prefix + quote + (short ? body : '') + quote;
}

/** Length in code points, as in Python. */
function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}
