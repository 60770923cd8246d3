/** `npm run bench`: measures the lab's speed, compared with other software in the same run. `bench/bench.ts` says how to add a benchmark. */
import { writeFile } from 'node:fs/promises';
import { formatBytes, formatByteRate, formatCount, formatCounted, formatTokenRate } from '#core/format.ts';
import { DEVICE_CHOICES } from '#core/devices.ts';
import type { Bench, BenchRow } from '../bench/bench.ts';
import { completeBench } from '../bench/complete.ts';
import { dataBench } from '../bench/data.ts';
import { evaluateBench } from '../bench/evaluate.ts';
import { experimentBench } from '../bench/experiment.ts';
import { layersBench } from '../bench/layers.ts';
import { trainBench } from '../bench/train.ts';
import { watchBench } from '../bench/watch.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { checkArguments } from '../data/arguments.ts';
import { endWithPipe, isEntry } from '../data/entry.ts';

const BENCHES: readonly Bench[] = [
  dataBench,
  trainBench,
  layersBench,
  evaluateBench,
  watchBench,
  experimentBench,
  completeBench,
];
const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');

const HELP = `Usage: npm run bench -- [--only NAME] [--device NAME] [--quick] [--json FILE]

Measures the speed of the lab and of comparable software in the same run. A ratio is the lab's speed divided by the other's.

  --only NAME    one of
${BENCHES.map(({ name, summary }) => `                   ${name.padEnd(10)} ${summary}`).join('\n')}
  --device NAME  device for training (webgpu). It decides what is compared:
                   webgpu     with stock TensorFlow.js and jax-js; also dispatches, and memory for rows of different lengths
                   cpu        with PyTorch, if python3 has it, and stock TensorFlow.js; one thread with all threads
                   reference  only the lab
  --quick        a fraction of the work, for a quick look
  --json FILE    also writes the results to FILE
  --help         this text

Exit code 1 if two runs with the same seed, or one thread and all threads, did not give the same bits.`;

async function main(args: string[]): Promise<void> {
  const { values } = checkArguments(() =>
    readArguments({
      args,
      options: {
        only: { type: 'string' },
        device: { type: 'string', default: 'webgpu' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    }),
  );
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const names = BENCHES.map(({ name }) => name);
  const only = values.only === undefined ? null : checkArguments(() => oneOf(values.only ?? '', 'only', names));
  const device = checkArguments(() => oneOf(values.device, 'device', DEVICES));
  const rows: BenchRow[] = [];
  for (const bench of BENCHES.filter(({ name }) => only === null || name === only)) {
    const found = await bench.run({ quick: values.quick, device, say: (line) => console.error(line) });
    for (const row of found) console.log(lineOf(row));
    rows.push(...found);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (rows.some(({ identical }) => identical === false)) process.exitCode = 1;
}

function lineOf(row: BenchRow): string {
  const facts = [
    row.tokensPerSecond === undefined ? null : formatTokenRate(row.tokensPerSecond),
    row.filesPerSecond === undefined ? null : `${formatCount(Math.round(row.filesPerSecond))} files/s`,
    row.bytesPerSecond === undefined ? null : formatByteRate(row.bytesPerSecond),
    row.trainingSteps === undefined ? null : `${formatCount(row.trainingSteps)} training steps`,
    row.gflops === undefined ? null : `${row.gflops.toFixed(row.gflops < 1 ? 2 : 1)} GFLOP/s`,
    row.operationsPerStep === undefined ? null : `${(row.operationsPerStep / 1e9).toFixed(0)} GFLOP a step`,
    row.bytesPerStep === undefined ? null : `${formatBytes(row.bytesPerStep)} moved a step`,
    row.dispatchesPerStep === undefined ? null : `${formatCount(row.dispatchesPerStep)} dispatches a step`,
    row.ownDispatchesPerStep === undefined ? null : `${formatCount(row.ownDispatchesPerStep)} of them its own kernels’`,
    row.peakBytes === undefined ? null : `peak ${formatBytes(row.peakBytes)}`,
    row.planBytes === undefined ? null : `planned ${formatBytes(row.planBytes)}`,
    row.growthBytes === undefined ? null : `the second half took ${formatBytes(row.growthBytes)} more`,
    row.identical === undefined ? null : row.identical ? 'the same bits' : 'NOT the same bits',
    row.milliseconds === undefined ? null : `${formatMilliseconds(row.milliseconds)} ms`,
    row.waitShare === undefined ? null : `${(row.waitShare * 100).toFixed(3)}% of it waiting for data`,
    row.ratio === undefined ? null : `${row.against ?? 'the lab'} is ${formatRatio(row.ratio)} times as fast`,
  ].filter((fact) => fact !== null);
  const shape = row.batch === undefined || row.steps === undefined ? undefined : `${row.batch} x ${row.steps}`;
  const what = [row.bench, row.what, row.model, shape].filter((part) => part !== undefined).join(', ');
  const where = row.threads === undefined ? row.device : `${row.device}, ${formatCounted(row.threads, 'thread')}`;
  return `${what}, ${where}: ${row.subject}: ${facts.join(', ')}`;
}

function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 9.95 ? milliseconds.toFixed(1) : formatCount(Math.round(milliseconds));
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => main(process.argv.slice(2)));
}
