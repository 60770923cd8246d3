/** `npm run study:cache`: measures trained models of the study with a continuous cache on the test split. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cacheGain, type CacheGain } from '#core/comparison/cacheGain.ts';
import type { RunDifference } from '#core/comparison/comparison.ts';
import { compareRunFiles } from '#core/comparison/runFiles.ts';
import { parseManifest, type Manifest, type Split } from '#core/data/manifest.ts';
import { fail } from '#core/failure.ts';
import { formatDuration, formatPercent, formatPoints } from '#core/format.ts';
import { packRun, type RunFile } from '#core/formats/runFile.ts';
import { weightsFileName } from '#core/formats/weightsFile.ts';
import type { EvaluatedModel, SplitBytes } from '#core/regression/verifier.ts';
import { intervalText } from '#core/report/comparisonReport.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { readRunFile } from '../lib/results.ts';
import { DATASETS, DEFAULT_DATASET, RESULTS, ROOT } from '../lib/paths.ts';
import { writeJson } from '#core/json.ts';
import { readResults, RUN } from '../study/results.ts';
import { openVerifier } from '../verify/verifierPage.ts';

const HELP = `Usage: npm run study:cache -- [options]

Measures trained models of the study on the test split, without and with a continuous cache of each file. Searches the
cache's theta and lambda on validation first. A full-size model takes some minutes on one core. Writes cache.zip, a run
with these measures, beside each run in docs/results, and docs/results/cache.json with all gains and differences.

  --only NAME     only trainings whose names start with NAME, such as python-stdlib/lstm
  --weights DIR   folder with the weights, laid out as out/study (out/study)
  --threads N     threads (all cores). The results do not depend on it
  --again         also measures trainings that have results
  --help          this text`;

/** File of a run measured with a cache, which the lab can import. */
const CACHED_RUN = 'cache.zip';
const SUMMARY = join(RESULTS, 'cache.json');

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      only: { type: 'string', default: '' },
      weights: { type: 'string', default: join(ROOT, 'out', 'study') },
      threads: { type: 'string' },
      again: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const threads = values.threads === undefined ? undefined : wholeNumber(values.threads, 'threads', 1, 256);
  const all = await readResults();
  const names = [...all.keys()].filter((name) => name.startsWith(values.only) && existsSync(join(RESULTS, name, RUN)));
  const weightsOf = (name: string) => join(values.weights, name, weightsFileName(all.get(name)!.models[0]!.name));
  const wanted = names.filter((name) => values.again || !existsSync(join(RESULTS, name, CACHED_RUN)));
  const possible = wanted.filter((name) => existsSync(weightsOf(name)));
  if (possible.length > 0) {
    await ensureDefaultDataset();
    const verifier = await openVerifier('system');
    try {
      for (const name of possible) {
        const dataset = all.get(name)!.dataset.id;
        const measured = await verifier.evaluateStored({
          weights: await readFile(weightsOf(name)),
          ...(await readDataset(dataset)),
          threads,
        });
        await store(name, measured);
      }
    } finally {
      await verifier.close();
    }
  }
  const missing = wanted.length - possible.length;
  if (missing > 0) {
    console.log(
      `${missing} of ${names.length} have no weights in ${relative('.', values.weights) || '.'}; npm run study writes them.`,
    );
  }
  await summarize([...all.keys()]);
});

/** Reads the manifest and the splits that are needed. @throws LabError `not-found` or `bad-input` */
async function readDataset(id: string): Promise<{ manifest: string; validation: SplitBytes; test: SplitBytes }> {
  const folder = join(DATASETS, id);
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    fail(
      'not-found',
      `There is no data set ${id}.`,
      `Prepare it: npm run ${id === DEFAULT_DATASET ? 'data' : 'study:corpus'}.`,
    );
  }
  const text = await readFile(path, 'utf8');
  const manifest = parseManifest(text, path);
  return {
    manifest: text,
    validation: await readSplit(folder, manifest, 'validation'),
    test: await readSplit(folder, manifest, 'test'),
  };
}

async function readSplit(folder: string, { title, splits }: Manifest, split: Split): Promise<SplitBytes> {
  const { shards, outside } = splits[split];
  if (!outside) {
    fail(
      'bad-input',
      `${title} was prepared before data sets kept what a cache needs.`,
      'Prepare it again: npm run data.',
    );
  }
  const read = async (entries: typeof shards) =>
    Buffer.concat(await Promise.all(entries.map(({ file }) => readFile(join(folder, file)))));
  return { rows: await read(shards), outside: await read(outside) };
}

async function store(name: string, { search, without, test, breakdown, seconds }: EvaluatedModel): Promise<void> {
  const folder = join(RESULTS, name);
  const { run, label } = await readRunFile(join(folder, RUN));
  const before = run.test?.loss ?? Number.NaN;
  // the same weights on the same rows give the same loss; a different one means that one of them differs
  if (!(Math.abs(without.loss - before) < 1e-4)) {
    fail(
      'bad-input',
      `The weights of ${name} have a test loss of ${without.loss}, and its run ${before}.`,
      'Name the weights of this run.',
    );
  }
  const bytes = await packRun({ run: { ...run, cache: search, test }, label, breakdown });
  await writeFile(join(folder, CACHED_RUN), bytes);
  const cost = (seconds.with - seconds.without) / seconds.without;
  console.log(
    [
      `${name}: theta ${search.parameters.theta}, lambda ${search.parameters.lambda} (searched in ${formatDuration(seconds.search)})`,
      `top-5, known ${formatPercent(test.top5Known)} to ${formatPercent(test.cacheTop5Known)}`,
      `top-5 on names ${formatPercent(test.top5Names)} to ${formatPercent(test.cacheTop5Names)}`,
      `test in ${formatDuration(seconds.without)}, with the cache ${formatPercent(cost)} more`,
    ].join('; '),
  );
}

interface Summary {
  readonly models: readonly {
    readonly name: string;
    readonly model: string;
    readonly cache: NonNullable<RunFile['run']['cache']>['parameters'];
    readonly test: RunFile['run']['test'];
    /** Measures with the cache minus those without it, on the same files. */
    readonly gain: CacheGain;
  }[];
  /** Models compared with the baseline of their data set and settings, including measures with a cache. */
  readonly differences: readonly { readonly baseline: string; readonly models: readonly RunDifference[] }[];
}

/** Writes what each measured model gains from the cache, and how the models compare when all use it. */
async function summarize(names: readonly string[]): Promise<void> {
  const files: (RunFile & { readonly name: string })[] = [];
  for (const name of names) {
    const path = join(RESULTS, name, CACHED_RUN);
    if (existsSync(path)) files.push({ name, ...(await readRunFile(path)) });
  }
  if (files.length === 0) return;
  const models = files.flatMap(({ name, run, breakdown }) =>
    run.cache && breakdown
      ? [{ name, model: run.model, cache: run.cache.parameters, test: run.test, gain: cacheGain(breakdown) }]
      : [],
  );
  const comparison = compareRunFiles(files);
  const summary: Summary = {
    models,
    differences:
      comparison.baseline === null ? [] : [{ baseline: comparison.baseline, models: comparison.differences }],
  };
  await writeFile(SUMMARY, `${writeJson(summary, 2)}\n`);
  for (const { name, gain } of models) {
    console.log(
      `${name}: top-5, known ${intervalText(gain.top5Known, formatPoints)}; names ${intervalText(gain.top5Names, formatPoints)}`,
    );
  }
}
