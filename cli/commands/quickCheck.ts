/**
 * `npm run quick:check`: trains the three models of the task with the preset `quick` and five seeds, and checks what a first training
 * must show (cli/quick/lesson.ts). Prints one line per seed; exit code 1 if a requirement does not hold.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { TrainingConfig } from '#core/settings/config.ts';
import { modelTitle } from '#core/models/registry.ts';
import { fail } from '#core/failure.ts';
import { formatCounted, formatPercent } from '#core/format.ts';
import { bestEpochOf, ngramMeasures } from '#core/runs/findings.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DEFAULT_DATASET, ROOT } from '../lib/paths.ts';
import { processTerminal, type TrainingTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, plannedConfig, train, type TrainingPlan } from '../lib/training.ts';
import { lessonProblems, QUICK_MODELS, QUICK_SEEDS, type QuickResults, type SeedResult } from '../quick/lesson.ts';

const RESULTS = join(ROOT, 'docs', 'results', 'quick.json');

const HELP = `Usage: npm run quick:check -- [options]

Trains ${QUICK_MODELS.join(', ')} with the preset quick on the device cpu, with the seeds ${QUICK_SEEDS.join(', ')}, and checks
that each model is well above the bigram baseline and that the models come in this order.
Takes one to two minutes a seed on two cores. Exit code 1 if a requirement does not hold.

  --seeds N  only the first N seeds (${QUICK_SEEDS.length})
  --write    writes the results to docs/results/quick.json, which a test compares with the preset
  --help     this text`;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      seeds: { type: 'string', default: String(QUICK_SEEDS.length) },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const count = wholeNumber(values.seeds, 'seeds', 1, QUICK_SEEDS.length);
  if (values.write && count < QUICK_SEEDS.length) {
    fail('bad-input', '--write needs all seeds.', 'Leave out --seeds.');
  }
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: 0 });
  const terminal = processTerminal();
  try {
    const lab = await openLab(`${site.address}#/data`, 'system');
    try {
      const results = await measure(lab, QUICK_SEEDS.slice(0, count), terminal);
      if (values.write) await write(results);
      const problems = lessonProblems(results.seeds);
      for (const problem of problems) console.log(problem);
      if (problems.length > 0) process.exitCode = 1;
      else console.log(`What a first training shows holds for ${formatCounted(count, 'seed')}.`);
    } finally {
      await lab.close();
    }
  } finally {
    terminal.end();
    await site.close();
  }
});

async function measure(lab: LabPage, seeds: readonly number[], terminal: TrainingTerminal): Promise<QuickResults> {
  const manifest = await loadDataset(lab, DEFAULT_DATASET, terminal);
  const planOf = (changes: Partial<TrainingConfig>): TrainingPlan => {
    return { dataset: DEFAULT_DATASET, models: QUICK_MODELS, device: 'cpu', preset: 'quick', changes };
  };
  const results: SeedResult[] = [];
  let device = '';
  for (const seed of seeds) {
    const plan = planOf({ seed });
    const began = performance.now();
    const { runs, failure } = await train(
      lab,
      plan,
      plannedConfig(plan, manifest),
      terminal,
      new AbortController().signal,
    );
    const seconds = (performance.now() - began) / 1_000;
    terminal.end();
    if (failure !== null) throw failure;
    device = runs[0]?.device.name ?? device;
    const result = seedResult(seed, runs, seconds);
    results.push(result);
    const models = QUICK_MODELS.map((model) => `${modelTitle(model)} ${formatPercent(result.top5[model])}`);
    console.log(`seed ${seed}: bigram ${formatPercent(result.bigram)}, ${models.join(', ')}; ${seconds.toFixed(0)} s`);
  }
  return { config: plannedConfig(planOf({ seed: seeds[0] ?? QUICK_SEEDS[0] }), manifest), device, seeds: results };
}

function seedResult(seed: number, runs: readonly RunRecord[], seconds: number): SeedResult {
  const bigram = runs[0] && ngramMeasures(runs[0], 'bigram')?.top5;
  if (bigram === undefined) fail('internal', 'The runs have no bigram baseline.', 'Please report it.');
  const top5 = Object.fromEntries(runs.map((run) => [run.model, bestEpochOf(run)?.validation.top5 ?? Number.NaN]));
  return { seed, bigram, top5, seconds: Math.round(seconds) };
}

async function write(results: QuickResults): Promise<void> {
  const options = { ...(await resolveConfig(RESULTS)), filepath: RESULTS };
  await writeFile(RESULTS, await format(JSON.stringify(results), options));
}
