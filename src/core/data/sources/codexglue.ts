/**
 * CodeXGLUE's own files: train.txt, dev.txt, test.txt, as its `preprocess.py` writes them. One file a line, tokens
 * separated by single spaces, from `<s>` to `</s>`.
 */
import { fail } from '../../failure.ts';
import { isAscii } from '../../python/lexer/utf8.ts';
import { NOTES } from '../notes.ts';
import { linesOf } from './lines.ts';
import {
  type DataSource,
  fileNameOf,
  type NamedBlob,
  PARTS,
  type Part,
  type Reading,
  type SourceItem,
} from './source.ts';

/** The licence that the data set states. */
export const CODEXGLUE_LICENCE = 'C-UDA';

const RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const OPENING = [...new TextEncoder().encode('<s> ')];
const CLOSING = [...new TextEncoder().encode(' </s>')];
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The part that a file of this name holds, or null. */
export function partOfText(path: string): Part | null {
  return PARTS.find((part) => fileNameOf(path) === `${part}.txt`) ?? null;
}

/** @param files any of train.txt, dev.txt and test.txt; others are passed over */
export function codexglueSource(files: readonly NamedBlob[]): DataSource {
  const texts = files
    .flatMap((file) => {
      const part = partOfText(file.path);
      return part === null ? [] : [{ file, part }];
    })
    .toSorted((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part));
  const twice = texts.find(({ part }, i) => texts[i + 1]?.part === part);
  if (twice) {
    fail('bad-input', `There are two files ${twice.part}.txt.`, 'Choose the files of one folder.');
  }
  return {
    facts: {
      kind: 'codexglue',
      title: 'CodeXGLUE py150',
      description: `Tokens that CodeXGLUE's preprocess.py wrote: ${texts.map(({ file }) => fileNameOf(file.path)).join(', ')}.`,
      licence: CODEXGLUE_LICENCE,
    },
    defaultId: 'codexglue',
    parts: texts.map(({ part }) => part),
    bytes: texts.reduce((sum, { file }) => sum + file.blob.size, 0),
    order: 'given',
    reading: 'utf8-text',
    keepsFailed: true,
    async *read(reading) {
      for (const { file, part } of texts) yield* rowsOf(file, part, reading);
    },
  };
}

async function* rowsOf(file: NamedBlob, part: Part, reading: Reading): AsyncGenerator<SourceItem> {
  const name = fileNameOf(file.path);
  const note = (what: string): SourceItem => ({ kind: 'note', path: name, what });
  let number = 0;
  let blank = 0;
  for await (const written of linesOf(file, reading)) {
    number++;
    const hasMark = number === 1 && BYTE_ORDER_MARK.every((byte, i) => written[i] === byte);
    if (hasMark) yield note(NOTES.byteOrderMark);
    const { line, hasReturn, hasSpaces } = trimmed(hasMark ? written.subarray(BYTE_ORDER_MARK.length) : written);
    if (hasReturn) yield note(NOTES.carriageReturns);
    if (line.length === 0) {
      blank++;
      continue;
    }
    if (blank > 0) refuseLine(`Line ${number - blank} of ${name}`, 'is empty, but more lines follow');
    if (hasSpaces) yield note(NOTES.outerSpaces);
    yield { kind: 'line', path: `${name}:${number}`, part, bytes: tokensOf(line, `Line ${number} of ${name}`) };
  }
  for (; blank > 0; blank--) yield note(NOTES.blankLines);
}

/** A line without the white space around it, which `dataset.py` of CodeXGLUE strips, too. */
function trimmed(written: Uint8Array): { line: Uint8Array; hasReturn: boolean; hasSpaces: boolean } {
  const hasReturn = written.at(-1) === RETURN;
  const whole = hasReturn ? written.subarray(0, -1) : written;
  let [start, end] = [0, whole.length];
  while (start < end && isSpace(whole[start]!)) start++;
  while (end > start && isSpace(whole[end - 1]!)) end--;
  return { line: whole.subarray(start, end), hasReturn, hasSpaces: end - start < whole.length };
}

const isSpace = (byte: number) => byte === 0x20 || byte === 0x09;

/** What stands between `<s>` and `</s>`. */
function tokensOf(line: Uint8Array, where: string): Uint8Array {
  const begins = OPENING.every((byte, i) => line[i] === byte);
  const ends = CLOSING.every((byte, i) => line[line.length - CLOSING.length + i] === byte);
  if (!begins || !ends) refuseLine(where, 'does not begin with <s> and end with </s>');
  // Python's text mode, in which CodeXGLUE reads, ends a line here: all that follows would be one file
  if (line.includes(RETURN)) refuseLine(where, 'contains a carriage return, which ends a line for CodeXGLUE');
  if (!isAscii(line)) requireUtf8(line, where);
  // `<s> </s>` has one space between the two
  return line.subarray(OPENING.length, Math.max(OPENING.length, line.length - CLOSING.length));
}

function refuseLine(where: string, what: string): never {
  fail(
    'bad-input',
    `${where} ${what}.`,
    'The file must be as CodeXGLUE’s preprocess.py writes it: one source file per line. For Python source, choose its folder.',
  );
}

function requireUtf8(line: Uint8Array, where: string): void {
  try {
    utf8.decode(line);
  } catch (cause) {
    fail('bad-input', `${where} is not UTF-8.`, 'Write the file again, or convert it to UTF-8.', cause);
  }
}
