/** From Python source to rows: compares the lexer on one core with CPython's, and measures the whole pipeline from a folder. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { fileBlob } from '../data/blobs.ts';
import { findPython, NO_PYTHON, type Python } from '../data/python.ts';
import { pythonStdlibSource } from '#core/data/sources/pythonStdlib.ts';
import { TokenTable } from '#core/python/lexer/tokens.ts';
import { ROOT } from '../lib/paths.ts';
import type { Bench, BenchRow } from './bench.ts';
import { loaderRow } from './loader.ts';

const run = promisify(execFile);

/** Passes over the same files. The first includes compilation; the rate is the median of the others. */
const PASSES = 6;
/** Number of files in a quick run. */
const QUICK_FILES = 120;
const QUICK_ROWS = 64;

export const dataBench: Bench = {
  name: 'data',
  summary: 'lexing compared with CPython’s tokenize, preparing a folder, and waiting for data in training',
  async run({ quick, say }) {
    const top = await mkdtemp(join(tmpdir(), 'lab-bench-'));
    try {
      const files = await sampleFiles(join(top, 'code'), quick ? QUICK_FILES : Infinity);
      const python = await findPython();
      if (python === null) say(NO_PYTHON);
      return [
        ...(await lexRows(files, python, top)),
        await pipelineRow(join(top, 'code'), join(top, 'out')),
        await loaderRow(quick ? QUICK_ROWS : null),
      ];
    } finally {
      await rm(top, { recursive: true, force: true });
    }
  },
};

/** Writes the standard library that the lab ships as files, which are the same on every machine. @returns their paths */
async function sampleFiles(folder: string, most: number): Promise<string[]> {
  const archive = await fileBlob(createRequire(import.meta.url).resolve('pyodide/python_stdlib.zip'));
  const reading = { signal: new AbortController().signal, onBytes: () => undefined };
  const paths: string[] = [];
  for await (const item of pythonStdlibSource(archive).read(reading)) {
    if (item.kind !== 'python' || paths.length >= most) continue;
    const path = join(folder, item.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, item.bytes);
    paths.push(path);
  }
  return paths;
}

const timed = z.object({ seconds: z.number(), tokens: z.number(), version: z.string() });

async function lexRows(paths: readonly string[], python: Python | null, top: string): Promise<BenchRow[]> {
  const sources = await Promise.all(paths.map((path) => readFile(path)));
  const bytes = sources.reduce((sum, { length }) => sum + length, 0);
  const passes = Array.from({ length: PASSES }, () => lexAll(sources));
  const [first, ...others] = passes;
  const warm = others.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(others.length / 2)]!;
  const row = (what: string, subject: string, seconds: number, tokens: number): BenchRow => ({
    bench: 'data',
    what,
    device: 'one core',
    subject,
    tokensPerSecond: tokens / seconds,
    filesPerSecond: sources.length / seconds,
    bytesPerSecond: bytes / seconds,
    milliseconds: seconds * 1000,
  });
  const rows = [
    row('lex, first pass', 'lab', first!.seconds, first!.tokens),
    row('lex', 'lab', warm.seconds, warm.tokens),
  ];
  if (python === null) return rows;
  const list = join(top, 'files.json');
  await writeFile(list, JSON.stringify(paths));
  const { stdout } = await run(python.path, [join(ROOT, 'cli', 'bench', 'time_tokenize.py'), list]);
  const peer = timed.parse(JSON.parse(stdout));
  const subject = `CPython ${peer.version} tokenize`;
  return [
    ...rows,
    { ...row('lex, first pass', subject, peer.seconds, peer.tokens), ratio: peer.seconds / first!.seconds },
    { ...row('lex', subject, peer.seconds, peer.tokens), ratio: peer.seconds / warm.seconds },
  ];
}

function lexAll(sources: readonly Uint8Array[]): { readonly seconds: number; readonly tokens: number } {
  const table = new TokenTable();
  let tokens = 0;
  const started = performance.now();
  for (const source of sources) {
    const lexed = table.lex(source, 'text');
    if (!('reason' in lexed)) tokens += lexed.length;
  }
  return { seconds: (performance.now() - started) / 1000, tokens };
}

const prepared = z.object({
  milliseconds: z.number(),
  files: z.number(),
  tokens: z.number(),
  peakBytes: z.number(),
});

async function pipelineRow(folder: string, out: string): Promise<BenchRow> {
  const script = join(ROOT, 'cli', 'bench', 'pipeline.ts');
  const { stdout } = await run('node', ['--import', 'tsx', script, `dir:${folder}`, out], { cwd: ROOT });
  const { milliseconds, files, tokens, peakBytes } = prepared.parse(JSON.parse(stdout));
  return {
    bench: 'data',
    what: 'pipeline from a folder',
    device: `${availableParallelism()} cores at hand`,
    subject: 'lab',
    tokensPerSecond: (tokens / milliseconds) * 1000,
    filesPerSecond: (files / milliseconds) * 1000,
    peakBytes,
    milliseconds,
  };
}
