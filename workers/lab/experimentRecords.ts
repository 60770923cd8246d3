/** Makes records of experiments: from a plan, a click, or a run that is resumed. */
import { requirePlan, experimentSchema, type Experiment } from '#core/experiments/grid.ts';
import { itemsOf } from '#core/experiments/items.ts';
import { itemOfRun, lastOrder, lastRung, type Found } from '#core/experiments/queue.ts';
import { combinationCount } from '#core/experiments/pending.ts';
import { configOf, EXPERIMENT_SCHEMA, type ExperimentRecord } from '#core/experiments/record.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { fail } from '#core/failure.ts';
import { isOf } from '#core/models/registry.ts';
import { requireNetwork } from '#core/models/spec.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { StartRequest } from '#core/runs/training.ts';
import { presetConfig } from '#core/settings/config.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import type { Resumable } from './resumptions.ts';

/** A click on a single configuration, as a plan. */
export function clickedPlan({ datasetId, models, config }: StartRequest, { splits }: Manifest): Experiment {
  const base = presetConfig(config.preset, splits.train.rows);
  const changed = SETTING_NAMES.filter((name) => config[name] !== base[name]);
  return {
    schema: 1,
    dataset: datasetId,
    preset: config.preset,
    models: [...models],
    settings: Object.fromEntries(changed.map((name) => [name, config[name]])),
    sweep: {},
  };
}

/** @throws LabError `bad-input` */
export function parsePlan(asked: unknown): Experiment {
  const parsed = experimentSchema.safeParse(asked);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
    fail('bad-input', `This is not an experiment${place}: ${issue?.message ?? ''}.`, 'Correct it.');
  }
  requirePlan(parsed.data, 'The experiment');
  return parsed.data;
}

/** @throws LabError `bad-config` for a configuration that has no such network */
export function requireNetworks(record: ExperimentRecord): void {
  for (const item of record.items) requireNetwork(item.model, configOf(record, item));
}

/** @throws LabError `bad-input` for too many combinations */
export function newRecord(
  id: string,
  plan: Experiment,
  rest: Pick<ExperimentRecord, 'dataset' | 'device' | 'threads' | 'config'>,
): ExperimentRecord {
  return {
    schema: EXPERIMENT_SCHEMA,
    id,
    createdAt: Date.now(),
    plan,
    ...rest,
    items: [...itemsOf(plan, 1)],
    halt: null,
  };
}

/** The record at the end of the queue. */
export function atEnd(record: ExperimentRecord, records: readonly ExperimentRecord[]): ExperimentRecord {
  const last = lastOrder(records);
  return { ...record, items: record.items.map((item) => ({ ...item, order: last + item.order })) };
}

/**
 * The experiment of a run that is resumed, with its item as the next, and what is left after it.
 * @param runs stored runs: earlier builds stored no experiments
 */
export function resumedItem(
  records: readonly ExperimentRecord[],
  { run, request }: Resumable,
  runs: readonly RunRecord[],
): Found {
  const { device, threads } = request;
  const stored = itemOfRun(records, run.id) ?? formerItem(run, request, runs);
  const { learningRate } = run.config;
  const isSingle = combinationCount(stored.experiment) === 1;
  const changesRate = configOf(stored.experiment, stored.item).learningRate !== learningRate;
  const rate = changesRate ? { learningRate } : {};
  const begun = {
    ...stored.item,
    changes: { ...stored.item.changes, ...rate },
    state: 'running' as const,
    failure: null,
  };
  // a run that the user resumes no longer waits for others
  const item = { ...begun, rung: lastRung(stored.experiment, begun) };
  const items = stored.experiment.items.map((one) => {
    if (one.number === item.number) return item;
    // the models after it are trained with the rate that was chosen for this one
    return isSingle && one.state === 'queued' ? { ...one, changes: { ...one.changes, ...rate } } : one;
  });
  return { experiment: { ...stored.experiment, device, threads, items, halt: null }, item };
}

function formerItem(run: RunRecord, request: StartRequest, runs: readonly RunRecord[]): Found {
  const isAmong = request.models.some((choice) => isOf(run.model, choice));
  const plan: Experiment = {
    schema: 1,
    dataset: request.datasetId,
    preset: run.config.preset,
    models: isAmong ? [...request.models] : [run.model],
    settings: {},
    sweep: {},
  };
  const { dataset, config, createdAt } = run;
  const { device, threads } = request;
  const record = newRecord(run.experiment, plan, { dataset, device, threads, config });
  const at = record.items.findIndex(({ model }) => isOf(run.model, model));
  const done = runs.filter(({ experiment, state }) => experiment === run.experiment && state === 'done');
  const items = record.items.map((item, index) => {
    if (index === at) return { ...item, runId: run.id };
    const former = done.find(({ model }) => isOf(model, item.model));
    return index < at || former ? { ...item, state: 'done' as const, runId: former?.id ?? null } : item;
  });
  return { experiment: { ...record, createdAt, items }, item: items[at]! };
}
