/** The contents of docs/results: a folder per training, and the facts of each data set. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { splitsOf, type Manifest } from '#core/data/manifest.ts';
import { parseMetrics, type Metrics } from '#core/formats/metrics.ts';
import type { RunFile } from '#core/formats/runFile.ts';
import { RESULTS } from '../lib/paths.ts';
import { readRunFile } from '../lib/results.ts';
import { fullTrainings, pairTrainings, STUDIED } from './plan.ts';
import { readTextFacts, type TextFacts } from './textFacts.ts';

const METRICS = 'metrics.json';
/** The run file that the lab can import, without weights. */
export const RUN = 'run.zip';
const DATA = 'data.json';

/** Metrics of the finished trainings, by name. */
export type Results = ReadonlyMap<string, Metrics>;

export async function readResults(): Promise<Results> {
  const results = new Map<string, Metrics>();
  if (!existsSync(RESULTS)) return results;
  for (const path of (await readdir(RESULTS, { recursive: true })).toSorted()) {
    if (!path.endsWith(METRICS)) continue;
    results.set(dirname(path), parseMetrics(await readFile(join(RESULTS, path), 'utf8'), path));
  }
  return results;
}

export interface Measured {
  readonly results: Results;
  /** Run files of the full-size trainings, by name. */
  readonly runs: ReadonlyMap<string, RunFile>;
  readonly facts: readonly DataFacts[];
  /** Facts about the text, by id of the data set. */
  readonly text: ReadonlyMap<string, TextFacts>;
}

/** Reads all measured results. */
export async function readMeasured(): Promise<Measured> {
  const results = await readResults();
  const runs = new Map<string, RunFile>();
  const pairs = pairTrainings(results).flatMap(({ name }) => (results.has(name) ? [name] : []));
  for (const name of new Set([...STUDIED.flatMap((dataset) => fullTrainings(results, dataset)), ...pairs])) {
    runs.set(name, await readRunFile(join(RESULTS, name, RUN)));
  }
  const facts = (await Promise.all(STUDIED.map(readFacts))).filter((one) => one !== null);
  const text = new Map<string, TextFacts>();
  for (const dataset of STUDIED) {
    const own = await readTextFacts(dataset);
    if (own) text.set(dataset, own);
  }
  return { results, runs, facts, text };
}

const count = z.int().min(0);
const factsSchema = z.object({
  id: z.string(),
  title: z.string(),
  sha256: z.string(),
  rules: z.string(),
  length: count,
  vocabulary: count,
  /** Files with tokens; `skipped` were left out, `duplicates` have the tokens of an earlier file. */
  files: count,
  skipped: count,
  duplicates: count,
  distinctTokens: count,
  splits: z.array(z.object({ name: z.string(), files: count, tokens: count, keptTokens: count, unknownTokens: count })),
});
/** Facts of a data set that the report shows. */
export type DataFacts = z.infer<typeof factsSchema>;

export async function writeFacts(manifest: Manifest): Promise<void> {
  const { id, title, sha256, rules, length, vocabulary, counts, skipped, figures } = manifest;
  const facts: DataFacts = {
    id,
    title,
    sha256,
    rules,
    length,
    vocabulary: vocabulary.tokens.length,
    files: counts.files,
    skipped: figures?.skipped ?? skipped.length,
    duplicates: figures?.duplicates.files ?? 0,
    distinctTokens: counts.distinctTokens,
    splits: splitsOf(manifest).map(([name, { rows, files = rows, tokens, keptTokens, unknownTokens }]) => ({
      name,
      files,
      tokens,
      keptTokens,
      unknownTokens,
    })),
  };
  await mkdir(join(RESULTS, id), { recursive: true });
  await writeFile(join(RESULTS, id, DATA), `${JSON.stringify(facts, null, 2)}\n`);
}

/** @returns null if nothing has been trained on the data set yet */
export async function readFacts(dataset: string): Promise<DataFacts | null> {
  const path = join(RESULTS, dataset, DATA);
  return existsSync(path) ? factsSchema.parse(JSON.parse(await readFile(path, 'utf8'))) : null;
}
