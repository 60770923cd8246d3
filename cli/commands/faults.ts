/**
 * `npm run faults`: trains a small run many times in real Chromium, each time with a different fault at a different moment, and compares
 * the result bit for bit with a run without faults. Exit code 1 if a run differs or does not finish, or if anything stored earlier is lost.
 * At the end, kills the browser repeatedly while it trains a queue of 12 runs.
 */
import { DEVICE_CHOICES } from '#core/devices.ts';
import { fail, messageOf } from '#core/failure.ts';
import { streamFor, type RandomStream } from '#core/random/stream.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { FAULTS } from '../faults/kinds.ts';
import { Profile } from '../faults/profile.ts';
import { killQueue, trainQueue, type QueueFigures } from '../faults/queue.ts';
import { download, figuresOf, start, untilDone, type FaultDevice } from '../faults/runs.ts';
import { buildSite, serveSite } from '../lib/site.ts';

/** Name of the case that kills a queue. */
const QUEUE = 'queue';

const HELP = `Usage: npm run faults -- [options]

Trains while causing faults, and compares the result with a run without faults. Linux only: it reads /proc.

  --rounds N     number of rounds (50)
  --device NAME  cpu | webgpu (cpu)
  --only WORDS   only faults whose name contains WORDS: ${[...FAULTS.map(({ name }) => name), QUEUE].join('; ')}
  --kills N      how often the queue's browser is killed (20)
  --seed N       seed for the choice and time of faults (1)
  --help         this text`;

interface Tally {
  rounds: number;
  right: number;
  clicks: number;
}

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      rounds: { type: 'string', default: '50' },
      device: { type: 'string', default: 'cpu' },
      only: { type: 'string', default: '' },
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const rounds = wholeNumber(values.rounds, 'rounds', 1, 10_000);
  const device = oneOf(
    values.device,
    'device',
    DEVICE_CHOICES.filter((one) => one === 'cpu' || one === 'webgpu'),
  );
  const faults = FAULTS.filter(({ name, devices }) => devices.includes(device) && name.includes(values.only));
  const kills = wholeNumber(values.kills, 'kills', 1, 1_000);
  const withQueue = QUEUE.includes(values.only);
  if (faults.length === 0 && !withQueue)
    fail('bad-input', `No fault on ${device} is called "${values.only}".`, 'See --help.');
  const random = streamFor(wholeNumber(values.seed, 'seed', 0, 0xffff_ffff), 'faults');
  await ensureDefaultDataset();
  const site = await serveSite(await buildSite(), { port: 0 });
  const webGpu = device === 'webgpu' ? webGpuHere() : 'system';
  const base = await Profile.make(`${site.address}#/train`, webGpu);
  try {
    // A run without a fault. The others must give the same bits, and this run must still be stored after each of them.
    const first = await base.open();
    await download(first);
    const queue = withQueue ? await trainQueue(first, device) : null;
    const whole = await start(first, device);
    await untilDone(first, whole);
    const expected = await figuresOf(first, whole);
    await base.close();
    if (faults.length > 0) console.log(`A run without a fault is done. ${rounds} rounds on ${device}:`);

    const tallies = new Map<string, Tally>(faults.map(({ name }) => [name, { rounds: 0, right: 0, clicks: 0 }]));
    let lost = 0;
    for (let round = 1; round <= rounds && faults.length > 0; round++) {
      const fault = faults[(round - 1) % faults.length]!;
      const moment = 0.05 + 0.9 * random.uniform();
      const tally = tallies.get(fault.name)!;
      tally.rounds++;
      const notes: string[] = [];
      const from = performance.now();
      const profile = await Profile.make(`${site.address}#/train`, webGpu, base);
      let outcome: string;
      try {
        const opened = await profile.open();
        const struck = await fault.strike({ profile, page: opened, device, moment, note: (text) => notes.push(text) });
        const clicks = await untilDone(struck.page, struck.experiment, (text) => notes.push(text));
        const same = (await figuresOf(struck.page, struck.experiment)) === expected;
        const kept = (await figuresOf(struck.page, whole)) === expected;
        if (same) tally.right++;
        if (!kept) lost++;
        tally.clicks += clicks;
        outcome = `${same ? 'the same bits' : 'OTHER BITS'}${clicks > 0 ? `, gone on with ${clicks} times by hand` : ''}${kept ? '' : ', AN EARLIER RUN IS LOST'}`;
      } catch (error) {
        outcome = `FAILED: ${messageOf(error).split('\n', 1)[0]}`;
      } finally {
        await profile.remove();
      }
      const seconds = ((performance.now() - from) / 1000).toFixed(0);
      const told = notes.length > 0 ? ` (${notes.join(', ')})` : '';
      console.log(`${round}. ${fault.name} at ${(moment * 100).toFixed(0)}%${told}: ${outcome}, ${seconds} s`);
    }
    if (queue !== null) {
      const profile = await Profile.make(`${site.address}#/train`, webGpu, base);
      await tryQueue(profile, queue, device, kills, random);
    }
    if (faults.length === 0) return;
    let right = 0;
    console.log('\nfault                          rounds  right bits  by hand');
    for (const [name, tally] of tallies) {
      right += tally.right;
      console.log(
        `${name.padEnd(30)} ${String(tally.rounds).padStart(6)}  ${String(tally.right).padStart(10)}  ${String(tally.clicks).padStart(7)}`,
      );
    }
    console.log(`${right} of ${rounds} ended with the right bits; earlier runs lost: ${lost}.`);
    if (right < rounds || lost > 0) process.exitCode = 1;
  } finally {
    await base.remove();
    await site.close();
  }
});

/** Kills the browser repeatedly while it trains a queue of 12 runs. */
async function tryQueue(
  profile: Profile,
  expected: QueueFigures,
  device: FaultDevice,
  kills: number,
  random: RandomStream,
): Promise<void> {
  const from = performance.now();
  try {
    const note = (text: string) => console.log(`queue: ${text}`);
    const { runs, wrong } = await killQueue(profile, expected, device, kills, random, note);
    const seconds = ((performance.now() - from) / 1000).toFixed(0);
    const outcome = wrong.length === 0 ? 'the same bits' : `OTHER BITS: ${wrong.join('; ')}`;
    console.log(`queue: ${runs} runs, the browser killed ${kills} times: ${outcome}, ${seconds} s`);
    if (wrong.length > 0) process.exitCode = 1;
  } catch (error) {
    console.log(`queue: FAILED: ${messageOf(error).split('\n', 1)[0]}`);
    process.exitCode = 1;
  } finally {
    await profile.remove();
  }
}
