/** The queue in the real worker and a real IndexedDB: worked through, edited, broken off and gone on with, to the same bits. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Activity, LabEvent } from '#contract/lab.ts';
import type { Experiment } from '#core/experiments/grid.ts';
import { hasPending } from '#core/experiments/pending.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import { sha256Hex } from '#core/data/hash.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { LabClient, startWorker } from './client.ts';

const DATABASE = 'minicopilot-lab';
/** A run takes a second at the most here; a busy machine needs longer. */
const PATIENCE = { timeout: 120_000, interval: 20 };

class OpenLab {
  readonly client = new LabClient(startWorker(), () => {});
  readonly runs = new Map<string, RunRecord>();
  /** As each was last heard of: one that has ended is told of no more where there is a newer one. */
  readonly experiments = new Map<string, ExperimentRecord>();
  activity: Activity = { state: 'idle' };
  readonly failures: string[] = [];

  async connect(): Promise<this> {
    const { runs, experiments } = await this.client.connect((event) => this.#hear(event));
    for (const run of runs) if (!this.runs.has(run.id)) this.runs.set(run.id, run);
    for (const one of experiments) if (!this.experiments.has(one.id)) this.experiments.set(one.id, one);
    return this;
  }

  get lab() {
    return this.client.calls;
  }

  experiment(id: string): ExperimentRecord | undefined {
    return this.experiments.get(id);
  }

  states(id: string): string {
    return (
      this.experiment(id)
        ?.items.map(({ state }) => state)
        .join(' ') ?? ''
    );
  }

  async untilDone(id: string): Promise<void> {
    const isDone = () => {
      const record = this.experiment(id);
      return record !== undefined && !hasPending(record) && this.activity.state === 'idle';
    };
    await vi.waitUntil(isDone, PATIENCE);
  }

  /** By model, rate and seed, what a run must repeat to the bit. */
  async figures(id: string): Promise<Record<string, string>> {
    const figures: Record<string, string> = {};
    for (const run of this.runs.values()) {
      if (run.experiment !== id || run.state !== 'done') continue;
      const { bytes } = await this.lab.weights(run.id, 'safetensors');
      const epochs = run.epochs.map(({ train, validation }) => [train.loss, validation.loss]);
      const { model, config, test } = run;
      figures[`${model} ${config.learningRate} ${config.seed}`] = JSON.stringify([
        epochs,
        test,
        await sha256Hex(bytes),
      ]);
    }
    return figures;
  }

  #hear(event: LabEvent): void {
    if (event.type === 'run') this.runs.set(event.run.id, event.run);
    else if (event.type === 'queue') for (const one of event.experiments) this.experiments.set(one.id, one);
    else if (event.type === 'activity') this.activity = event.activity;
    else if (event.type === 'failure') this.failures.push(event.failure.what);
  }
}

const opened: OpenLab[] = [];
async function openLab(): Promise<OpenLab> {
  const open = new OpenLab();
  opened.push(open);
  return open.connect();
}
const closeAll = () => {
  for (const { client } of opened.splice(0)) client.close();
};

const PLAN: Experiment = {
  schema: 1,
  dataset: 'queue',
  preset: 'tiny',
  models: ['rnn'],
  settings: { hidden: 8, embedding: 4, length: 30, batch: 8, epochs: 3 },
  sweep: { learningRate: [0.001, 0.004], seed: [1, 2] },
};
const enqueue = async ({ lab }: OpenLab, change: Partial<Experiment> = {}) =>
  (await lab.enqueue({ plan: { ...PLAN, ...change }, device: 'cpu', threads: 1 })).experiment;

function deleteDatabase(): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    for (const end of ['success', 'error']) request.addEventListener(end, () => resolve());
  });
}

/** Of an experiment that nothing disturbed. */
let whole: Record<string, string>;
let undisturbed: { readonly record: ExperimentRecord; readonly runs: readonly RunRecord[] };

beforeAll(async () => {
  await deleteDatabase();
  const open = await openLab();
  const files = Array.from({ length: 40 }, (_, i) => ({
    path: `m${i}.py`,
    blob: new Blob([`def f${i % 7}(x):\n    return x + ${i}\n\nvalue = f${i % 5}(${i})\n`.repeat(3)]),
  }));
  const options = { vocabulary: 60, length: 40, wholeFiles: false, dropDuplicates: false };
  await open.lab.importDataset({ id: 'queue', source: { from: 'files', files }, ...options });
  const id = await enqueue(open);
  await open.untilDone(id);
  whole = await open.figures(id);
  undisturbed = { record: open.experiment(id)!, runs: [...open.runs.values()] };
  closeAll();
});
afterEach(closeAll);
afterAll(deleteDatabase);

it('trains every configuration, each with an id of its own', () => {
  const { record, runs } = undisturbed;
  const { id } = record;
  expect(record.items.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  expect(runs.map((run) => run.id)).toEqual([1, 2, 3, 4].map((index) => `${id}-${index}-rnn`));
  expect(runs.map(({ config }) => [config.learningRate, config.seed])).toEqual([
    [0.001, 1],
    [0.001, 2],
    [0.004, 1],
    [0.004, 2],
  ]);
  expect(new Set(Object.values(whole)).size).toBe(4);
});

it('goes on by itself after its worker is killed, again and again, and comes to the same bits', async () => {
  let open = await openLab();
  const id = await enqueue(open);
  for (const seen of [1, 2, 3]) {
    // at whatever moment the next run has begun
    await expect
      .poll(() => open.experiment(id)?.items.filter(({ runId }) => runId !== null).length, PATIENCE)
      .toBeGreaterThanOrEqual(seen);
    open.client.close();
    open = await openLab();
  }
  await open.untilDone(id);
  expect(open.states(id)).toBe('done done done done');
  expect(await open.figures(id)).toEqual(whole);
  expect(open.failures).toEqual([]);
});

it('is taken over by another tab where the one that trains is closed', async () => {
  const first = await openLab();
  const second = await openLab();
  const id = await enqueue(first);
  await expect.poll(() => second.activity.state, PATIENCE).toBe('watching');
  first.client.close();
  await second.untilDone(id);
  expect(await second.figures(id)).toEqual(whole);
});

it('is edited while it trains, here and from another tab', async () => {
  const open = await openLab();
  const other = await openLab();
  const id = await enqueue(open);
  await open.lab.pause();
  const ref = (item: number) => ({ experiment: id, item });
  await open.lab.editQueue({ type: 'move', ref: ref(4), by: -2 });
  await other.lab.editQueue({ type: 'skip', ref: ref(3) });
  await expect(open.lab.editQueue({ type: 'remove', ref: ref(1) })).rejects.toThrow('This run is training.');
  const added = await enqueue(open, { sweep: {}, settings: { ...PLAN.settings, seed: 3 } });
  const [current] = [...open.runs.values()].filter(({ experiment }) => experiment === id);
  await open.lab.skipRun(current!.id);
  await expect
    .poll(() => [open.states(id), open.activity.state], PATIENCE)
    .toEqual(['skipped queued skipped queued', 'paused']);
  await open.lab.unpause();
  await open.untilDone(added);
  expect(open.states(id)).toBe('skipped done skipped done');
  const begun = [...open.runs.values()]
    .filter(({ experiment }) => experiment === id)
    .toSorted((a, b) => a.number - b.number);
  expect(begun.map((run) => [run.id, run.state])).toEqual([
    [`${id}-1-rnn`, 'stopped'],
    [`${id}-4-rnn`, 'done'],
    [`${id}-2-rnn`, 'done'],
  ]);
  // a plain configuration has no index
  expect(open.runs.has(`${added}-rnn`)).toBe(true);
  // what was skipped is gone on with where it was stopped
  await open.lab.editQueue({ type: 'requeue', ref: ref(1) });
  await open.lab.releaseExperiment(id);
  await expect.poll(() => open.states(id), PATIENCE).toBe('done done skipped done');
  const { [`rnn 0.004 1`]: _, ...rest } = whole;
  expect(await open.figures(id)).toEqual(rest);
});

it('rests where it was paused or stopped, and goes on with a click', async () => {
  let open = await openLab();
  const id = await enqueue(open);
  await open.lab.pause();
  open.client.close();
  open = await openLab();
  expect(open.experiment(id)?.halt?.reason).toBe('interrupted');
  await open.lab.releaseExperiment(id);
  await open.lab.stop();
  await expect.poll(() => open.activity.state, PATIENCE).toBe('idle');
  expect(open.experiment(id)?.halt?.reason).toBe('stopped');
  await open.lab.releaseExperiment(id);
  await open.untilDone(id);
  expect(await open.figures(id)).toEqual(whole);
});

it('records a configuration that fails, and goes on with the next', async () => {
  const open = await openLab();
  // a residual RNN finds its baseline in the earlier experiments, but not for one of the seeds
  const id = await enqueue(open, {
    models: ['residual'],
    sweep: { seed: [1, 9, 2] },
    settings: { ...PLAN.settings, learningRate: 0.001 },
  });
  await open.untilDone(id);
  expect(open.states(id)).toBe('done failed done');
  expect(open.experiment(id)?.items[1]?.failure?.what).toContain('no baseline is trained yet');
});

it('halves: drops the worse part between two epochs, and what goes on comes to the bits of a run that was never held', async () => {
  const open = await openLab();
  const sweep = { learningRate: [0.001, 0.004, 0.5], seed: [1, 2] };
  const id = await enqueue(open, { sweep, halving: { eta: 3, firstEpochs: 1 } });
  await open.untilDone(id);
  const record = open.experiment(id)!;
  const runs = record.items.map(({ runId }) => open.runs.get(runId!)!);
  const done = record.items.filter(({ state }) => state === 'done');
  expect(record.items.filter(({ state }) => state === 'dropped')).toHaveLength(4);
  expect(done).toHaveLength(2);
  expect(new Set(done.map(({ changes }) => changes.learningRate)).size).toBe(1);
  expect(runs.map(({ state, epochs }) => `${state} ${epochs.length}`).toSorted()).toEqual([
    'done 3',
    'done 3',
    'stopped 1',
    'stopped 1',
    'stopped 1',
    'stopped 1',
  ]);
  const survivors = await open.figures(id);
  expect(survivors).toEqual(
    Object.fromEntries(Object.entries(survivors).map(([key, own]) => [key, whole[key] ?? own])),
  );
  // a dropped run is gone on with from where it was held
  const dropped = record.items.find(({ state, changes }) => state === 'dropped' && changes.learningRate !== 0.5)!;
  await open.lab.resumeFromCheckpoint({ runId: dropped.runId!, anyway: false });
  await expect.poll(() => open.runs.get(dropped.runId!)?.state, PATIENCE).toBe('done');
  const { config } = open.runs.get(dropped.runId!)!;
  const key = `rnn ${config.learningRate} ${config.seed}`;
  expect((await open.figures(id))[key]).toBe(whole[key]);
});
