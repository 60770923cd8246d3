/** Kills the browser repeatedly while a queue of runs trains. The queue resumes each time and gives the same bits as without a fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import type { Experiment } from '#core/experiments/grid.ts';
import { fail } from '#core/failure.ts';
import type { RandomStream } from '#core/random/stream.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import type { Profile } from './profile.ts';
import type { FaultDevice } from './runs.ts';

/** 12 runs. */
const PLAN: Experiment = {
  schema: 1,
  dataset: DEFAULT_DATASET,
  preset: 'tiny',
  models: ['rnn', 'lstm'],
  settings: { epochs: 4, patience: 4 },
  sweep: { learningRate: [0.002, 0.005], seed: [1, 2, 3] },
};

/** Milliseconds within which the queue must make progress, even on a busy machine. */
const PATIENCE = 240_000;

export interface KilledQueue {
  readonly runs: number;
  readonly kills: number;
  /** Runs that are missing, or whose bits differ from those of the undisturbed queue. */
  readonly wrong: readonly string[];
}

export type QueueFigures = Readonly<Record<string, string>>;

/** Trains the queue without a fault. @returns the figures that a killed queue must reproduce */
export async function trainQueue(page: Page, device: FaultDevice): Promise<QueueFigures> {
  return figuresOf(page, await untilShare(page, await enqueue(page, device), 1));
}

/**
 * @param profile one that has the data set
 * @param note called after each kill
 */
export async function killQueue(
  profile: Profile,
  expected: QueueFigures,
  device: FaultDevice,
  kills: number,
  random: RandomStream,
  note: (text: string) => void,
): Promise<KilledQueue> {
  let page = await profile.open();
  const id = await enqueue(page, device);
  for (let kill = 0; kill < kills; kill++) {
    // one kill at a random moment in each of `kills` equal parts
    const moment = (kill + random.uniform()) / kills;
    await untilShare(page, id, moment);
    await profile.kill();
    page = await profile.open();
    note(`killed at ${(moment * 100).toFixed(0)}%`);
  }
  const found = await figuresOf(page, await untilShare(page, id, 1));
  const names = Object.keys(expected);
  return { runs: names.length, kills, wrong: names.filter((name) => found[name] !== expected[name]) };
}

function enqueue(page: Page, device: FaultDevice): Promise<string> {
  const request = { plan: PLAN, device };
  return page.evaluate(
    async (wanted) => (await globalThis.minicopilot?.lab.enqueue(wanted))?.experiment ?? '',
    request,
  );
}

/** Waits without a click until this share of the queue, from 0 to 1, is trained. @returns the experiment */
async function untilShare(page: Page, id: string, share: number): Promise<string> {
  let last = -1;
  let until = Date.now() + PATIENCE;
  for (;;) {
    const done = await page.evaluate((wanted) => {
      const state = globalThis.minicopilot?.state();
      const items = state?.experiments.find((one) => one.id === wanted)?.items ?? [];
      const ended = items.filter((item) => item.state === 'done').length;
      const progress = state?.progress;
      const part = progress ? (progress.epoch - 1 + progress.step / Math.max(1, progress.steps)) / progress.epochs : 0;
      const isOver = items.length > 0 && ended === items.length && state?.activity.state === 'idle';
      return isOver ? 1 : Math.min(0.999, (ended + Math.min(1, part)) / Math.max(1, items.length));
    }, id);
    if (done >= share) return id;
    if (done !== last) until = Date.now() + PATIENCE;
    last = done;
    if (Date.now() > until)
      fail('worker', `The queue does not move at ${(done * 100).toFixed(0)}%.`, 'Look at it by hand.');
    await sleep(20);
  }
}

/** Everything that a run must reproduce bit for bit, by model, rate and seed. */
async function figuresOf(page: Page, id: string): Promise<QueueFigures> {
  return page.evaluate(async (wanted) => {
    const automation = globalThis.minicopilot;
    const figures: Record<string, string> = {};
    for (const run of Object.values(automation?.state().runs ?? {})) {
      if (run.experiment !== wanted) continue;
      const { bytes } = (await automation?.lab.weights(run.id, 'safetensors')) ?? { bytes: new Uint8Array() };
      const hash = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).join();
      const epochs = run.epochs.map(({ gradientNorm, train, validation }) => ({ gradientNorm, train, validation }));
      const { model, config, bestEpoch, ended, test } = run;
      const name = `${model}, rate ${config.learningRate}, seed ${config.seed}`;
      figures[name] = JSON.stringify({ state: run.state, epochs, bestEpoch, ended, test, hash });
    }
    return figures;
  }, id);
}
