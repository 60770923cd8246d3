/** The faults, each from the moment it is caused until the lab can continue. */
import type { Page } from 'playwright';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { failingWorkers } from './failingWorkers.ts';
import type { Profile } from './profile.ts';
import { download, flip, start, untilPart, type FaultDevice } from './runs.ts';

export interface Fault {
  readonly name: string;
  /** On which devices it can happen. */
  readonly devices: readonly FaultDevice[];
  /**
   * Trains, and causes the fault at the round's moment.
   * @returns the page after the fault, and the experiment
   */
  readonly strike: (round: Round) => Promise<{ readonly page: Page; readonly experiment: string }>;
}

export interface Round {
  readonly profile: Profile;
  readonly page: Page;
  readonly device: FaultDevice;
  /** When the fault happens: a share of the training, from 0 to 1. */
  readonly moment: number;
  /** Reports something about the round. */
  readonly note: (text: string) => void;
}

const EVERY: readonly FaultDevice[] = ['cpu', 'webgpu'];

/** Free bytes of storage: enough for the weights of the device's model, too few for a checkpoint. */
const ROOM: Readonly<Record<FaultDevice, number>> = { cpu: 2_000_000, webgpu: 300_000 };
/** Share of the training after which some epochs were stored, or could not be. */
const LATE = 0.8;

const FAIL_THREAD = failingWorkers('failThread', "options?.name?.startsWith('thread')");

/** A program for the lab's worker that can destroy the device in use. It is a string for the same reason as in failingWorkers.ts. */
const DESTROY_DEVICE = `{
  const held = [];
  const prototype = GPUAdapter.prototype;
  const plain = prototype.requestDevice;
  prototype.requestDevice = async function (...words) {
    const device = await plain.apply(this, words);
    held.push(device);
    return device;
  };
  globalThis.destroyDevice = () => held.at(-1).destroy();
}`;

/** Trains up to the round's moment, then acts. */
const during =
  (act: (round: Round) => Promise<Page>): Fault['strike'] =>
  async (round) => {
    const experiment = await start(round.page, round.device);
    await untilPart(round.page, experiment, round.moment);
    return { page: await act(round), experiment };
  };

/** Runs `prepare` in the lab's worker before it trains, and `act` at the round's moment. Both are programs as text. */
const inWorker =
  (prepare: string, act: string): Fault['strike'] =>
  async (round) => {
    await round.page.workers()[0]?.evaluate(prepare);
    return during(async ({ page }) => {
      await page.workers()[0]?.evaluate(act);
      return page;
    })(round);
  };

export const FAULTS: readonly Fault[] = [
  {
    name: 'browser killed',
    devices: EVERY,
    strike: during(async ({ profile }) => {
      await profile.kill();
      return profile.open();
    }),
  },
  {
    name: 'page reloaded',
    devices: EVERY,
    strike: during(async ({ profile, page }) => {
      await page.reload();
      await profile.ready(page);
      return page;
    }),
  },
  {
    name: 'worker died',
    devices: EVERY,
    strike: during(async ({ page }) => {
      await page.evaluate('killWorker()');
      return page;
    }),
  },
  {
    name: 'thread failed',
    devices: ['cpu'],
    strike: inWorker(FAIL_THREAD, 'failThread()'),
  },
  {
    name: 'device destroyed',
    devices: ['webgpu'],
    strike: inWorker(DESTROY_DEVICE, 'destroyDevice()'),
  },
  {
    name: 'GPU process killed',
    devices: ['webgpu'],
    strike: during(async ({ profile, page }) => {
      await profile.kill('gpu-process');
      return page;
    }),
  },
  {
    name: 'server cut off in a download',
    devices: EVERY,
    strike: async ({ page, device, note }) => {
      await page.evaluate((id) => globalThis.minicopilot?.lab.deleteDataset(id), DEFAULT_DATASET);
      let asked = 0;
      const shards = /\/datasets\/[^/]+\/(?!manifest)[^/]+$/;
      await page.context().route(shards, (route) => (asked++ < 1 ? route.continue() : route.abort()));
      const refused = await download(page).then(
        () => null,
        (error: unknown) => String(error),
      );
      note(refused === null ? 'the download was complete before the fault' : 'reported, and resumed');
      await page.context().unroute(shards);
      await download(page);
      return { page, experiment: await start(page, device) };
    },
  },
  {
    name: 'storage full',
    devices: EVERY,
    strike: async ({ page, device, note }) => {
      const session = await page.context().newCDPSession(page);
      const { origin } = new URL(page.url());
      const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
      // before anything is written, since a browser caches the quota for a while; weights fit, checkpoints do not
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + ROOM[device] });
      const experiment = await start(page, device);
      await untilPart(page, experiment, LATE);
      const told = await page.evaluate(() => globalThis.minicopilot?.state().failures.map(({ kind }) => kind) ?? []);
      note(told.includes('storage-full') ? 'reported' : 'storage was not full');
      await session.send('Storage.overrideQuotaForOrigin', { origin });
      await session.detach();
      return { page, experiment };
    },
  },
  {
    name: 'bit flipped in a shard',
    devices: EVERY,
    strike: async ({ page, device, note }) => {
      await flip(page, 'shards');
      const refused = await start(page, device).then(
        () => null,
        (error: unknown) => String(error),
      );
      if (!refused?.includes('is damaged')) throw new Error(`the damage was not reported: ${refused ?? 'it trains'}`);
      note('reported');
      await page.evaluate((id) => globalThis.minicopilot?.lab.deleteDataset(id), DEFAULT_DATASET);
      await download(page);
      return { page, experiment: await start(page, device) };
    },
  },
  {
    name: 'bit flipped in a checkpoint',
    devices: EVERY,
    strike: during(async ({ profile, page }) => {
      await page.reload();
      await profile.ready(page);
      await flip(page, 'checkpoints');
      return page;
    }),
  },
];
