/** Compares the lexer with CPython's tokenizer, file by file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fail } from '#core/failure.ts';
import type { SourceReading } from '#core/python/lexer/reading.ts';
import { type KeptLiterals, lexPythonFile } from '#core/python/lexer/tokens.ts';
import { ROOT } from '../lib/paths.ts';
import type { Python } from './python.ts';

const ORACLE = join(ROOT, 'pytorch', 'oracle', 'make_lexer_oracle.py');

/** `KEPT` of make_lexer_oracle.py. */
const KEPT: KeptLiterals = {
  str: new Set(['name', '\\n', 'U+0020', 'U+002C', 'utf-8', '__main__']),
  num: new Set(['0', '1', '2', '1.0', '0xFF']),
};

const lineSchema = z.object({ path: z.string(), tokens: z.array(z.string()).nullable() });

export interface LexDifference {
  readonly path: string;
  /** Position of the first token that differs; null where only one of the two gives tokens. */
  readonly index: number | null;
  readonly lab: string;
  readonly python: string;
}

export interface LexComparison {
  readonly files: number;
  readonly tokens: number;
  /** Files for which both give no tokens: lexing fails, or the file has none. */
  readonly without: number;
  readonly differing: number;
  readonly first: LexDifference | null;
}

/** @param onFile called with the number of files compared so far */
export async function compareWithPython(
  folders: readonly string[],
  python: Python,
  reading: SourceReading,
  onFile: (files: number) => void = () => undefined,
): Promise<LexComparison> {
  const child = spawn(python.path, [ORACLE, '--reading', reading, ...folders], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const sum = { files: 0, tokens: 0, without: 0, differing: 0 };
  let first: LexDifference | null = null;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { path, tokens } = lineSchema.parse(JSON.parse(line));
      const lexed = await lexPythonFile(await readFile(path), { kept: KEPT, reading });
      const found = 'reason' in lexed || lexed.tokens.length === 0 ? null : lexed.tokens;
      sum.files++;
      if (tokens === null) sum.without++;
      else sum.tokens += tokens.length;
      const difference = differenceOf(
        path,
        found,
        tokens,
        'reason' in lexed ? `line ${lexed.line}: ${lexed.reason}` : 'no tokens',
      );
      if (difference) {
        sum.differing++;
        first ??= difference;
      }
      onFile(sum.files);
    }
  } finally {
    child.kill();
  }
  await ended;
  if (child.exitCode !== 0) {
    fail('internal', `${python.path} ended with an error in make_lexer_oracle.py.`, 'See its message above.');
  }
  return { ...sum, first };
}

/** Number of tokens shown before and after the first one that differs. */
const AROUND = 3;

function differenceOf(
  path: string,
  lab: readonly string[] | null,
  python: readonly string[] | null,
  why: string,
): LexDifference | null {
  if (lab === null && python === null) return null;
  if (lab === null || python === null) {
    const some = (tokens: readonly string[] | null, otherwise: string) =>
      tokens === null ? otherwise : `${tokens.length} tokens`;
    return { path, index: null, lab: some(lab, why), python: some(python, 'no tokens, or tokenize raises') };
  }
  const length = Math.max(lab.length, python.length);
  for (let index = 0; index < length; index++) {
    if (lab[index] !== python[index]) {
      const around = (tokens: readonly string[]) =>
        JSON.stringify(tokens.slice(Math.max(0, index - AROUND), index + AROUND + 1));
      return { path, index, lab: around(lab), python: around(python) };
    }
  }
  return null;
}
