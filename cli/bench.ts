/** `npm run bench`: how fast the lab is, beside its peers in the same run. `bench/bench.ts` says how to add one. */
import { writeFile } from 'node:fs/promises';
import { formatBytes, formatByteRate, formatCount } from '../src/core/format.ts';
import type { Bench, BenchRow } from './bench/bench.ts';
import { dataBench } from './bench/data.ts';
import { oneOf, readArguments, runCommand } from './command.ts';
import { checkArguments } from './data/arguments.ts';
import { endWithPipe, isEntry } from './data/entry.ts';

const BENCHES: readonly Bench[] = [dataBench];

const HELP = `Usage: npm run bench -- [--only NAME] [--quick] [--json FILE]

Measures how fast the lab is, beside its peers in the same run. A peer's ratio is the lab's rate over its own.

  --only NAME  one of
${BENCHES.map(({ name, summary }) => `                 ${name.padEnd(9)} ${summary}`).join('\n')}
  --quick      a fraction of the work, for a first look
  --json FILE  also write the figures there
  --help       this text`;

async function main(args: string[]): Promise<void> {
  const { values } = checkArguments(() =>
    readArguments({
      args,
      options: {
        only: { type: 'string' },
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
  const rows: BenchRow[] = [];
  for (const bench of BENCHES.filter(({ name }) => only === null || name === only)) {
    const found = await bench.run({ quick: values.quick, say: (line) => console.error(line) });
    for (const row of found) console.log(lineOf(row));
    rows.push(...found);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

function lineOf(row: BenchRow): string {
  const facts = [
    row.tokensPerSecond === undefined ? null : `${formatCount(Math.round(row.tokensPerSecond))} tokens/s`,
    row.filesPerSecond === undefined ? null : `${formatCount(Math.round(row.filesPerSecond))} files/s`,
    row.bytesPerSecond === undefined ? null : formatByteRate(row.bytesPerSecond),
    row.gflops === undefined ? null : `${row.gflops.toFixed(1)} GFLOP/s`,
    row.dispatchesPerStep === undefined ? null : `${formatCount(row.dispatchesPerStep)} dispatches a step`,
    row.peakBytes === undefined ? null : `peak ${formatBytes(row.peakBytes)}`,
    row.milliseconds === undefined ? null : `${formatCount(Math.round(row.milliseconds))} ms`,
    row.waitShare === undefined ? null : `${(row.waitShare * 100).toFixed(3)}% of it waiting for data`,
    row.ratio === undefined ? null : `the lab is ${row.ratio.toFixed(1)} times as fast`,
  ].filter((fact) => fact !== null);
  const what = [row.bench, row.what, row.model].filter((part) => part !== undefined).join(', ');
  return `${what}, ${row.device}: ${row.subject}: ${facts.join(', ')}`;
}

if (isEntry(import.meta.url)) {
  endWithPipe();
  await runCommand(() => main(process.argv.slice(2)));
}
