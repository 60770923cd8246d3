/** Starts, resumes and compares runs in the lab's page, for the faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import type { DeviceKind } from '#core/devices.ts';
import { fail } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';

/** Devices on which faults are caused. `reference` is left out: it only serves checks. */
export type FaultDevice = Exclude<DeviceKind, 'reference'>;

/** Trainings of some seconds on two cores, long enough to interrupt. A software GPU is much slower, so it gets a smaller one. */
const CONFIGS: Readonly<Record<FaultDevice, TrainingConfig>> = {
  cpu: { ...presetConfig('tiny', 10), hidden: 128, length: 100, epochs: 6, patience: 6 },
  webgpu: { ...presetConfig('tiny', 10), trainFiles: 32, epochs: 4, patience: 4 },
};

/** Milliseconds until a run is done, however often it has to be resumed. */
const PATIENCE = 240_000;

/** Everything that a run must reproduce bit for bit. */
export interface RunFigures {
  readonly text: string;
}

export async function download(page: Page): Promise<void> {
  await page.evaluate(async (id) => {
    const lab = globalThis.minicopilot?.lab;
    const offer = (await lab?.offered())?.find((one) => one.id === id);
    if (lab && offer) await lab.download(offer);
  }, DEFAULT_DATASET);
}

/** @returns the experiment */
export function start(page: Page, device: FaultDevice): Promise<string> {
  const request = { datasetId: DEFAULT_DATASET, models: ['lstm'] as const, config: CONFIGS[device], device };
  return page.evaluate(async (wanted) => (await globalThis.minicopilot?.lab.start(wanted))?.experiment ?? '', request);
}

export async function runOf(page: Page, experiment: string): Promise<RunRecord | null> {
  return page.evaluate(
    (wanted) =>
      Object.values(globalThis.minicopilot?.state().runs ?? {}).find((run) => run.experiment === wanted) ?? null,
    experiment,
  );
}

const BROKEN_OFF: readonly string[] = ['interrupted', 'failed', 'stopped'];

/** Waits until this part of the training, from 0 to 1, is done, or until the run ends earlier. */
export async function untilPart(page: Page, experiment: string, part: number): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const done = await page.evaluate(
      ({ wanted, broken }) => {
        const state = globalThis.minicopilot?.state();
        const progress = state?.progress;
        const run = Object.values(state?.runs ?? {}).find((one) => one.experiment === wanted);
        if (run && broken.includes(run.state)) return 1;
        return progress ? (progress.epoch - 1 + progress.step / Math.max(1, progress.steps)) / progress.epochs : 0;
      },
      { wanted: experiment, broken: ['done', ...BROKEN_OFF] },
    );
    if (done >= part) return;
    if (Date.now() > until) fail('worker', 'The training makes no progress.', 'Look at it by hand.');
    await sleep(20);
  }
}

/** Part of the page's message when every checkpoint is damaged. */
const ANEW = 'It can start again';

/**
 * Waits for what the lab does automatically, and clicks what a user would click, until the run is done.
 * @param note is called if the run had to start again
 * @returns how often a click was needed to resume
 */
export async function untilDone(
  page: Page,
  experiment: string,
  note: (text: string) => void = () => {},
): Promise<number> {
  const until = Date.now() + PATIENCE;
  let clicks = 0;
  let last = '';
  while (Date.now() < until) {
    const snapshot = await page.evaluate((wanted) => {
      const state = globalThis.minicopilot?.state();
      const run = Object.values(state?.runs ?? {}).find((one) => one.experiment === wanted);
      return {
        connection: state?.connection.state ?? 'connecting',
        activity: state?.activity.state ?? 'idle',
        run: run ? { id: run.id, state: run.state } : null,
      };
    }, experiment);
    if (snapshot.run?.state === 'done') return clicks;
    const rests = snapshot.connection === 'ready' && snapshot.activity === 'idle' && snapshot.run !== null;
    if (rests && snapshot.run !== null) {
      // the lab may be about to resume automatically
      await sleep(1_000);
      const still = await runOf(page, experiment);
      if (still && BROKEN_OFF.includes(still.state)) {
        clicks++;
        try {
          await page.evaluate((asked) => globalThis.minicopilot?.lab.resumeFromCheckpoint(asked), {
            runId: snapshot.run.id,
            anyway: last.includes(ANEW),
          });
        } catch (error) {
          last = String(error);
          if (last.includes(ANEW)) note('all checkpoints are damaged: reported, and started again');
        }
      }
    }
    await sleep(200);
  }
  return fail('worker', `The run did not finish. ${last}`.trim(), 'Look at it by hand.');
}

export async function figuresOf(page: Page, experiment: string): Promise<string> {
  const run = await runOf(page, experiment);
  if (!run) return 'no run';
  const weights = await page.evaluate(async (id) => {
    const { bytes } = (await globalThis.minicopilot?.lab.weights(id, 'safetensors')) ?? { bytes: new Uint8Array() };
    return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).join();
  }, run.id);
  const epochs = run.epochs.map(({ gradientNorm, train, validation }) => ({ gradientNorm, train, validation }));
  const { bestEpoch, ended, test, state } = run;
  return JSON.stringify({ state, epochs, bestEpoch, ended, test, weights });
}

/** Flips one bit of the value with the highest key in the store, which is the newest. */
export function flip(page: Page, store: 'shards' | 'checkpoints'): Promise<void> {
  return page.evaluate(
    (name) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('minicopilot-lab');
        opening.addEventListener('error', () => reject(new Error('no database')));
        opening.addEventListener('success', () => {
          const transaction = opening.result.transaction(name, 'readwrite');
          transaction.addEventListener('complete', () => {
            opening.result.close();
            resolve();
          });
          transaction
            .objectStore(name)
            .openCursor(null, 'prev')
            .addEventListener('success', ({ target }) => {
              const cursor: unknown = target instanceof IDBRequest ? target.result : null;
              if (!(cursor instanceof IDBCursorWithValue)) return;
              const value: unknown = cursor.value;
              const inner: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'bytes') : null;
              const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : inner;
              if (!(bytes instanceof Uint8Array)) throw new Error('nothing to flip');
              bytes[bytes.length >> 1]! ^= 1;
              cursor.update(value);
            });
        });
      }),
    store,
  );
}
