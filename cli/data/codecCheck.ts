/** Compares the lexer's codecs with CPython's, code by code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fail } from '#core/failure.ts';
import { bytesOfHex, decodeOf, forEachCode } from '#core/python/lexer/codecs/codes.fixture.ts';
import { ROOT } from '../lib/paths.ts';
import type { Python } from './python.ts';

const ORACLE = join(ROOT, 'pytorch', 'oracle', 'make_codec_oracle.py');

const results = z.array(z.string().nullable());
const lineSchema = z.union([
  z.object({ codec: z.string(), prefix: z.string(), bytes: z.array(z.string()), results }),
  z.object({ codec: z.string(), inputs: z.array(z.string()), results }),
]);

interface CodecDifference {
  readonly codec: string;
  /** The bytes, in hexadecimal. */
  readonly code: string;
  readonly lab: string | null;
  readonly python: string | null;
}

export interface CodecComparison {
  readonly codecs: number;
  readonly codes: number;
  readonly differing: number;
  readonly first: CodecDifference | null;
}

/** What `make_codec_oracle.py` is asked for: every code, or random texts. */
export type CodecQuestion = { readonly kind: 'codes' } | { readonly kind: 'random'; seed: number; count: number };

/** @param onCodec called with each codec before it is compared */
export async function compareCodecs(
  python: Python,
  question: CodecQuestion,
  onCodec: (codec: string) => void = () => undefined,
): Promise<CodecComparison> {
  const asked = question.kind === 'codes' ? ['codes'] : ['random', `${question.seed}`, `${question.count}`];
  const child = spawn(python.path, [ORACLE, ...asked], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const codecs = new Set<string>();
  const sum = { codes: 0, differing: 0 };
  let first: CodecDifference | null = null;
  try {
    for await (const text of createInterface({ input: child.stdout })) {
      const line = lineSchema.parse(JSON.parse(text));
      onCodec(line.codec);
      codecs.add(line.codec);
      const decode = await decodeOf(line.codec);
      let i = 0;
      const compare = (code: Uint8Array) => {
        const [lab, expected = null] = [decode(code), line.results[i++]];
        sum.codes++;
        if (lab === expected) return;
        sum.differing++;
        first ??= { codec: line.codec, code: Buffer.from(code).toString('hex'), lab, python: expected };
      };
      if ('inputs' in line) for (const input of line.inputs) compare(bytesOfHex(input));
      else forEachCode(line, compare);
      if (i !== line.results.length) throw new Error(`${i} codes of ${line.codec}, not ${line.results.length}`);
    }
  } finally {
    child.kill();
  }
  await ended;
  if (child.exitCode !== 0) {
    fail('internal', `${python.path} ended with an error in make_codec_oracle.py.`, 'See its message above.');
  }
  return { codecs: codecs.size, ...sum, first };
}
