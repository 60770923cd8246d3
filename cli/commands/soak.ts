/**
 * `npm run soak`: trains `quick` repeatedly in one page, deletes the runs, and measures the memory of page, browser and device, as in a lab
 * that stays open overnight. Prints slopes, which should be near zero.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { presetConfig } from '#core/settings/config.ts';
import { readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab } from '../lib/page.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { TrainingTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset } from '../lib/training.ts';

const HELP = `Usage: npm run soak -- [options]

Trains the preset quick in a loop on the device cpu and reports how memory use changes. Linux only: it reads /proc.

  --minutes N  duration (120)
  --json FILE  also writes every sample to FILE
  --help       this text`;

const SAMPLE_MS = 15_000;
/** The first minutes fill caches and compile code, so they are not measured; at most half of the time. */
const WARM_UP_MINUTES = 5;

interface Sample {
  readonly minutes: number;
  readonly trainings: number;
  /** Megabytes of the page's JavaScript, of all processes of the browser, and of the lab's device. */
  readonly page: number;
  readonly browser: number;
  readonly device: number;
}

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      minutes: { type: 'string', default: '120' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const minutes = wholeNumber(values.minutes, 'minutes', 1, 10_000);
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: 0 });
  const lab = await openLab(`${site.address}#/train`, 'system', 1);
  const { page, guard } = lab;
  const samples: Sample[] = [];
  try {
    const quiet = new TrainingTerminal({ isTTY: false, columns: 80, write: () => undefined });
    const manifest = await loadDataset(lab, DEFAULT_DATASET, quiet);
    const config = { ...presetConfig('quick', manifest.splits.train.rows), epochs: 2 };
    const request = { datasetId: DEFAULT_DATASET, models: ['rnn', 'lstm'] as const, config, device: 'cpu' as const };
    const session = await page.context().newCDPSession(page);
    const from = Date.now();
    let [trainings, sampledAt, device] = [0, 0, 0];
    while (Date.now() - from < minutes * 60_000) {
      const glance = await guard(
        page.evaluate(() => {
          const state = globalThis.minicopilot?.state();
          return {
            idle: state?.activity.state === 'idle',
            done: Object.values(state?.runs ?? {}).map(({ id }) => id),
            device: state?.progress?.deviceBytes ?? null,
          };
        }),
      );
      device = glance.device ?? device;
      if (glance.idle) {
        if (glance.done.length > 0) {
          trainings++;
          await guard(page.evaluate((ids) => globalThis.minicopilot?.lab.deleteRuns(ids), glance.done));
        }
        await guard(page.evaluate((asked) => globalThis.minicopilot?.lab.start(asked), request));
      }
      if (Date.now() - sampledAt >= SAMPLE_MS) {
        sampledAt = Date.now();
        await session.send('HeapProfiler.collectGarbage');
        const { usedSize } = await session.send('Runtime.getHeapUsage');
        const sample = {
          minutes: (sampledAt - from) / 60_000,
          trainings,
          page: usedSize / 1e6,
          browser: await browserMegabytes(),
          device: device / 1e6,
        };
        samples.push(sample);
        console.log(
          `${sample.minutes.toFixed(1)} min, ${trainings} trainings: page ${sample.page.toFixed(1)} MB, browser ${sample.browser.toFixed(0)} MB, device ${sample.device.toFixed(1)} MB`,
        );
      }
      await sleep(500);
    }
  } finally {
    await lab.close();
    await site.close();
  }
  const settled = samples.filter((sample) => sample.minutes >= Math.min(WARM_UP_MINUTES, minutes / 2));
  for (const what of ['page', 'browser', 'device'] as const) {
    const slope = slopeOf(settled.map((sample) => [sample.minutes / 60, sample[what]]));
    console.log(`${what}: ${slope >= 0 ? '+' : ''}${slope.toFixed(2)} MB an hour`);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(samples, null, 1)}\n`);
});

/** Resident memory of this process's browser. Pages that processes share are counted once for each process. */
async function browserMegabytes(): Promise<number> {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    parents.set(Number(name), field('PPid'));
    resident.set(Number(name), field('VmRSS'));
  }
  const isOurs = (pid: number): boolean => {
    for (let at = parents.get(pid) ?? 0; at > 1; at = parents.get(at) ?? 0) if (at === process.pid) return true;
    return false;
  };
  const kilobytes = [...resident].reduce((sum, [pid, size]) => sum + (isOurs(pid) ? size : 0), 0);
  return kilobytes / 1000;
}

/** Slope of the least-squares line. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([one]) => one), mean(([, one]) => one)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const under = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return under === 0 ? Number.NaN : over / under;
}
