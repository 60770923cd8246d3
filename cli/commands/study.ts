/**
 * `npm run study`: runs the trainings of the study one by one, each in the lab's own page and worker. Trainings with results in
 * docs/results are not repeated; an interrupted one resumes from its last checkpoint.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { poolKey } from '#core/comparison/pools.ts';
import { fail, LabError } from '#core/failure.ts';
import { formatDuration, formatLoss } from '#core/format.ts';
import { trainingSeconds } from '#core/runs/findings.ts';
import { metricsOf, writeMetrics } from '#core/formats/metrics.ts';
import { weightsFileName } from '#core/formats/weightsFile.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DATASETS, RESULTS, ROOT } from '../lib/paths.ts';
import { processTerminal } from '../lib/progress.ts';
import { saveRunFile, saveWeights } from '../lib/results.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { plannedTrainings, validationLoss, type Training } from '../study/plan.ts';
import { readResults, RUN, writeFacts, type Results } from '../study/results.ts';
import { begin, loadDataset, follow, resumeRun } from '../lib/training.ts';

const HELP = `Usage: npm run study -- [options]

Trains the models that the study still lacks, in the order of cli/study/plan.ts. Takes hours on a CPU. Writes results to
docs/results and weights to out/study. Ctrl-C stops it; the next run of the command resumes the current training.

  --list       only shows what is done and what is next
  --hours N    starts no further training after N hours (100)
  --only NAME  only trainings whose names start with NAME, such as python-stdlib/lstm
  --lane N     number of this process, if several run at once (1); each uses its own browser profile, and needs --only so that
               no two train the same model
  --threads N  threads (all cores, or those of the training that resumes). The results do not depend on it
  --help       this text`;

/** Each lane has a fixed port after this one. A profile stores data per origin, and the port is part of the origin. */
const PORT = 4270;
const WORK = join(ROOT, 'out', 'study');
const NEVER = new AbortController().signal;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      list: { type: 'boolean' },
      hours: { type: 'string', default: '100' },
      only: { type: 'string', default: '' },
      lane: { type: 'string', default: '1' },
      threads: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const hours = wholeNumber(values.hours, 'hours', 1, 10_000);
  const lane = wholeNumber(values.lane, 'lane', 1, 9);
  const threads = values.threads === undefined ? undefined : wholeNumber(values.threads, 'threads', 1, 256);
  if (lane > 1 && values.only === '') {
    fail(
      'bad-input',
      `Lane ${lane} would repeat trainings of the other lanes.`,
      'Choose its own trainings with --only.',
    );
  }
  if (values.list === true) {
    list(await readResults());
    return;
  }
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: PORT + lane, strictPort: true });
  const from = performance.now();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const place = { address: site.address, profile: join(WORK, `profile-${lane}`), threads, stop: stop.signal };
  try {
    while (!stop.signal.aborted && performance.now() - from < hours * 3_600_000) {
      const results = await readResults();
      const next = plannedTrainings(results).find(({ name }) => name.startsWith(values.only) && !results.has(name));
      if (next === undefined) {
        console.log(
          values.only === '' ? 'Nothing is missing.' : `Nothing is missing yet that begins with ${values.only}.`,
        );
        return;
      }
      await trainNext(next, place);
    }
  } finally {
    await site.close();
  }
});

function list(results: Results): void {
  for (const { name } of plannedTrainings(results)) {
    const metrics = results.get(name);
    const [model] = metrics?.models ?? [];
    const loss = validationLoss(metrics);
    console.log(
      model === undefined || loss === null
        ? `${name}: missing`
        : `${name}: validation loss ${formatLoss(loss)} at epoch ${model.bestEpoch} of ${model.epochs.length}, ${formatDuration(trainingSeconds(model))}`,
    );
  }
}

interface Place {
  readonly address: string;
  /** Folder of the browser's profile. */
  readonly profile: string;
  readonly threads: number | undefined;
  readonly stop: AbortSignal;
}

async function trainNext(training: Training, { address, profile, threads, stop }: Place): Promise<void> {
  const { name, dataset, model, config } = training;
  if (!existsSync(join(DATASETS, dataset))) {
    fail('not-found', `There is no data set ${dataset} for ${name}.`, 'npm run study:corpus makes it.');
  }
  const terminal = processTerminal();
  const lab = await openLab(`${address}#/data`, 'system', 1, profile);
  try {
    terminal.say(`${name}:`);
    const manifest = await loadDataset(lab, dataset, terminal);
    const begun = await begunEarlier(lab, manifest.sha256, training);
    const run = begun?.state === 'done' ? begun : await trained(begun);
    const folder = join(RESULTS, name);
    await mkdir(folder, { recursive: true });
    await saveRunFile(join(folder, RUN), run, lab);
    await writeFacts(manifest);
    await mkdir(join(WORK, name), { recursive: true });
    await saveWeights(join(WORK, name), run, lab);
    // written last, since a folder with this file counts as done
    await writeFile(join(folder, 'metrics.json'), writeMetrics(metricsOf([run])));
    console.log(`Wrote ${relative('.', folder)}; ${weightsFileName(model)} into ${relative('.', join(WORK, name))}.`);
    await lab.guard(lab.page.evaluate((id) => globalThis.minicopilot?.lab.deleteRuns([id]), run.id));
  } finally {
    terminal.end();
    await lab.close();
  }

  async function trained(begun: RunRecord | undefined): Promise<RunRecord> {
    if (begun) terminal.say('It was interrupted and resumes from its last checkpoint.');
    const request = { datasetId: dataset, models: [model], config, device: 'cpu', threads } as const;
    const experiment = begun ? await resumeRun(lab, begun.id, { threads }) : await begin(lab, request);
    const { runs, failure } = await Promise.race([follow(lab, experiment, terminal, NEVER), ended(stop)]);
    terminal.end();
    if (failure !== null) throw failure;
    const [run] = runs;
    if (run === undefined) fail('internal', 'Training ended without a run.', 'Please report it.');
    return run;
  }
}

/** A run of this training that was interrupted, or that is done but not yet written. */
async function begunEarlier(
  { page, guard }: LabPage,
  sha256: string,
  training: Training,
): Promise<RunRecord | undefined> {
  const runs = await guard(page.evaluate(() => Object.values(globalThis.minicopilot?.state().runs ?? {})));
  const { model, config } = training;
  const key = poolKey({ model, dataset: { id: training.dataset, sha256 }, config });
  return runs.find((run) => run.config.seed === config.seed && poolKey(run) === key);
}

/** Rejects when the user stops the study, which closes the browser. The lab's own stop would end the training; this way it can resume. */
function ended(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () =>
      reject(
        new LabError({
          kind: 'cancelled',
          what: 'The study was stopped.',
          remedy: 'Run the command again to resume.',
        }),
      );
    if (stop.aborted) end();
    stop.addEventListener('abort', end, { once: true });
  });
}
