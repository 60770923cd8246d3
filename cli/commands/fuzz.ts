/**
 * `npm run fuzz`: gives damaged input to every reader of untrusted files. None may crash, hang, or refuse without a sentence for people.
 * Prints a line per reader; exit code 1 on any fault.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fail } from '#core/failure.ts';
import { formatCount } from '#core/format.ts';
import { oneOf, readArguments, runCommand, wholeNumber } from '../lib/command.ts';
import { fuzz, type Fault, type Tally } from '../fuzz/fuzz.ts';
import { READERS } from '../fuzz/readers.ts';
import { inputOf } from '../fuzz/reading.ts';
import { ROOT } from '../lib/paths.ts';

const NAMES = READERS.map(({ name }) => name);
const HELP = `Usage: npm run fuzz -- [--inputs N] [--only READER] [--seed N]

Gives damaged input to every reader. Inputs that make a reader crash or hang are saved in out/fuzz.

  --inputs N     inputs per reader (10000)
  --only READER  ${NAMES.join(' | ')} (all)
  --seed N       seed for the damage (1)
  --help         this text`;

const OUT = join(ROOT, 'out', 'fuzz');
const COLUMNS = ['inputs', 'accepted', 'refused', 'slowest ms', 'crashes', 'hangs'] as const;
const FIRST_WIDTH = Math.max(...NAMES.map(({ length }) => length)) + 1;
const WIDTH = 12;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      inputs: { type: 'string', default: '10000' },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const inputs = wholeNumber(values.inputs, 'inputs', 1, 100_000_000);
  const seed = wholeNumber(values.seed, 'seed', 0, 0xffff_ffff);
  const only = values.only === undefined ? null : oneOf(values.only, 'only', NAMES);
  const waiting = NAMES.filter((name) => only === null || name === only);
  console.log('reader'.padEnd(FIRST_WIDTH) + COLUMNS.map((name) => name.padStart(WIDTH)).join(''));
  let faults = 0;
  const threads = Array.from({ length: Math.min(availableParallelism(), waiting.length) }, async () => {
    for (let reader = waiting.shift(); reader !== undefined; reader = waiting.shift()) {
      const tally = await fuzz({ reader, inputs, seed });
      console.log(lineOf(tally));
      for (const fault of tally.faults)
        console.log(`  ${fault.kind} ${fault.index}: ${await saved(tally, seed, fault)}`);
      faults += tally.faults.length;
    }
  });
  await Promise.all(threads);
  if (faults > 0) process.exitCode = 1;
});

function lineOf({ reader, accepted, refused, slowestMs, faults }: Tally): string {
  const crashes = faults.filter(({ kind }) => kind === 'crash').length;
  const inputs = accepted + refused + faults.length;
  const numbers = [inputs, accepted, refused, Math.ceil(slowestMs), crashes, faults.length - crashes];
  return reader.padEnd(FIRST_WIDTH) + numbers.map((number) => formatCount(number).padStart(WIDTH)).join('');
}

/** Writes the input and a description of its fault to files. @returns a line about both */
async function saved({ reader: name }: Tally, seed: number, { index, what }: Fault): Promise<string> {
  const reader =
    READERS.find((one) => one.name === name) ?? fail('internal', `There is no reader ${name}.`, 'Please report it.');
  const path = join(OUT, `${name.replaceAll(/[^a-z0-9.]+/gi, '-')}-${seed}-${index}`);
  await mkdir(OUT, { recursive: true });
  await writeFile(path, await inputOf(reader, await reader.samples(), seed, index));
  await writeFile(`${path}.txt`, `${what}\n`);
  return `${what.split('\n', 1)[0]} (${relative(ROOT, path)})`;
}
