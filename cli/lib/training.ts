/** Drives one training in an open page: loads the data set, trains the models one by one, and returns the runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { Preset } from '#core/settings/presets.ts';
import type { ModelChoice } from '#core/models/registry.ts';
import type { DeviceChoice } from '#core/devices.ts';
import { presetConfig } from '#core/settings/config.ts';
import { sameConfig } from '#core/settings/sameConfig.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { fail, LabError } from '#core/failure.ts';
import type { RunRecord, RunState } from '#core/runs/run.ts';
import type { Activity } from '#contract/lab.ts';
import type { DownloadProgress } from '#core/data/stored.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { pageSentence, type LabPage } from './page.ts';
import type { ProgressSnapshot, Reporter } from './progress.ts';

export interface TrainingPlan {
  readonly dataset: string;
  readonly models: readonly ModelChoice[];
  readonly device: DeviceChoice;
  readonly preset: Preset;
  /** Settings that differ from the preset. */
  readonly changes: Partial<TrainingConfig>;
}

const GLANCE_INTERVAL = 250;
/** Milliseconds from the page's idle state to the last run's final state, and from *Stop* to idle. A batch may take long. */
const SETTLING_PATIENCE = 120_000;

const FINAL: ReadonlySet<RunState> = new Set(['done', 'stopped', 'failed', 'interrupted']);

/** Downloads the data set into the page's database, and verifies it as the page does. */
export async function loadDataset(lab: LabPage, id: string, terminal: Reporter): Promise<Manifest> {
  const offered = await lab.guard(
    ask(lab.page.evaluate(async () => (await globalThis.minicopilot?.lab.offered()) ?? [])),
  );
  const offer = offered.find((one) => one.id === id);
  if (offer === undefined) {
    fail(
      'not-found',
      `There is no data set "${id}"; there is ${offered.map((one) => one.id).join(', ') || 'none'}.`,
      'Prepare it with npm run data, or name another with --dataset.',
    );
  }
  const arrived = new AbortController();
  const download = ask(
    lab.page.evaluate(async (wanted) => (await globalThis.minicopilot?.lab.download(wanted))?.manifest ?? null, offer),
  ).finally(() => arrived.abort());
  const watch = async () => {
    for (; !arrived.signal.aborted; await sleep(GLANCE_INTERVAL)) {
      const progress = await lab.page.evaluate<DownloadProgress | null>(
        () => globalThis.minicopilot?.state().datasets.download?.progress ?? null,
      );
      if (progress !== null && !arrived.signal.aborted) terminal.showDownload(progress);
    }
  };
  const [manifest] = await lab.guard(Promise.all([download, watch()]));
  if (manifest === null) fail('internal', 'The page returned no data set.', 'Please report it.');
  return manifest;
}

/** The preset's configuration with the plan's changes. */
export function plannedConfig(
  { preset, changes }: Pick<TrainingPlan, 'preset' | 'changes'>,
  manifest: Manifest,
): TrainingConfig {
  return { ...presetConfig(preset, manifest.splits.train.rows), ...changes };
}

export interface Outcome {
  /** Runs of this training, in order, with their results. */
  readonly runs: readonly RunRecord[];
  /** What ended the training early, other than the user. */
  readonly failure: LabError | null;
}

/**
 * Trains and shows progress until the page is idle again. A failure is part of the outcome, so that the results so far can
 * still be written.
 * @param stop when aborted, stops the training and keeps its finished epochs
 */
export async function train(
  lab: LabPage,
  plan: TrainingPlan,
  config: TrainingConfig,
  terminal: Reporter,
  stop: AbortSignal,
): Promise<Outcome> {
  const request = { datasetId: plan.dataset, models: plan.models, config, device: plan.device };
  return follow(lab, await begin(lab, request), terminal, stop);
}

/** @returns the experiment */
export async function begin(lab: LabPage, request: StartRequest): Promise<string> {
  return lab.guard(
    ask(
      lab.page.evaluate(async (wanted) => (await globalThis.minicopilot?.lab.start(wanted))?.experiment ?? '', request),
    ),
  );
}

/**
 * Resumes an interrupted run.
 * @param anyway resumes even if another build saved it, or if the result will not be bit-identical
 * @param threads by default as many as before
 * @returns the experiment
 */
export async function resumeRun(
  lab: LabPage,
  runId: string,
  { threads, anyway = true }: { readonly threads?: number | undefined; readonly anyway?: boolean } = {},
): Promise<string> {
  const request = { runId, anyway, threads };
  return lab.guard(
    ask(
      lab.page.evaluate(
        async (wanted) => (await globalThis.minicopilot?.lab.resumeFromCheckpoint(wanted))?.experiment ?? '',
        request,
      ),
    ),
  );
}

/** The run from which an interrupted training of this plan resumes; undefined if there is none. */
export async function interruptedRun(
  { page, guard }: LabPage,
  { models, device }: TrainingPlan,
  config: TrainingConfig,
  dataset: string,
): Promise<RunRecord | undefined> {
  const runs = await guard(page.evaluate(() => Object.values(globalThis.minicopilot?.state().runs ?? {})));
  const own = runs
    .filter((run) => run.dataset.sha256 === dataset && sameConfig(run.config, config))
    .filter((run) => device === 'auto' || run.device.kind === device)
    .filter((run) => JSON.stringify(run.models ?? [run.model]) === JSON.stringify(models))
    .toSorted((a, b) => a.createdAt - b.createdAt);
  const last = own.at(-1);
  return last && last.state !== 'done' && FINAL.has(last.state) ? last : undefined;
}

/** Like `train`, for a training that has already started: shows progress until the page is idle again. */
export async function follow(
  lab: LabPage,
  experiment: string,
  terminal: Reporter,
  stop: AbortSignal,
): Promise<Outcome> {
  let seen: readonly RunRecord[] = [];
  let stopping: Promise<unknown> | null = null;
  let settledBy = Number.POSITIVE_INFINITY;
  try {
    for (;;) {
      const snapshot = await lab.guard(readSnapshot(lab, experiment));
      seen = snapshot.runs;
      terminal.show(snapshot);
      const idle = snapshot.activity.state === 'idle';
      if (idle && seen.length > 0 && seen.every(({ state }) => FINAL.has(state))) break;
      if (snapshot.failure !== null) throw new LabError(snapshot.failure);
      if (stop.aborted && stopping === null && !idle) {
        stopping = ask(lab.page.evaluate(() => globalThis.minicopilot?.lab.stop()));
        // a failure is reported by the guard below or by the states of the runs
        stopping.catch(() => {});
      }
      if (idle || stopping !== null) settledBy = Math.min(settledBy, Date.now() + SETTLING_PATIENCE);
      if (Date.now() > settledBy) {
        fail('worker', 'Training did not end within two minutes.', 'The results so far are written.');
      }
      await sleep(GLANCE_INTERVAL);
    }
    if (stopping !== null) await lab.guard(stopping);
    const failed = seen.find(({ state }) => state === 'failed');
    return { runs: seen, failure: failed === undefined ? null : failureOfRun(failed) };
  } catch (error) {
    if (error instanceof LabError) return { runs: seen, failure: error };
    throw error;
  }
}

function failureOfRun({ model, failure }: RunRecord): LabError {
  return new LabError({
    kind: 'device',
    what: `Training of ${model} failed. ${failure?.what ?? ''}`.trim(),
    remedy: failure?.remedy ?? 'The results so far are kept.',
  });
}

interface FullSnapshot extends ProgressSnapshot {
  readonly activity: Activity;
  readonly failure: { kind: 'internal'; what: string; remedy: string } | null;
}

async function readSnapshot(lab: LabPage, experiment: string): Promise<FullSnapshot> {
  return lab.page.evaluate((id) => {
    const state = globalThis.minicopilot?.state();
    const gone = state?.connection.failure ?? state?.failures[0];
    return {
      runs: Object.values(state?.runs ?? {})
        .filter((run) => run.experiment === id)
        .toSorted((a, b) => a.createdAt - b.createdAt),
      progress: state?.progress ?? null,
      activity: state?.activity ?? { state: 'idle' },
      failure:
        gone === undefined || gone === null
          ? null
          : { kind: 'internal' as const, what: gone.what, remedy: gone.remedy },
    };
  }, experiment);
}

/** Makes a failed call to the lab reject with only the lab's own message. */
async function ask<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new LabError({ kind: 'internal', what: pageSentence(cause), remedy: '' }, { cause });
  }
}
