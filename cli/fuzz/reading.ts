/** Reads damaged inputs one by one in a thread. It reports its position before each input, since it may hang. See fuzz.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { LabError, messageOf, type FailureKind } from '#core/failure.ts';
import { streamFor } from '#core/random/stream.ts';
import { noise, once, oneOf, type Bytes } from './damage.ts';
import type { ThreadReport, ThreadTask } from './fuzz.ts';
import type { Reader } from './readers.ts';

/** The kinds of failure that refuse an input; any other kind means a fault of the lab. */
const REFUSALS: readonly FailureKind[] = ['bad-input', 'unknown-version'];
/** Greatest length of a message to the user, in characters. */
const MAX_REPORTED = 1_500;
/** Bytes by which buffers may grow while one input is read. */
const MAX_BUFFER_BYTES = 128 * 2 ** 20;
/** Inputs of pure noise are shorter than this. */
const MAX_NOISE_BYTES = 2_000;

/** The input with this number, the same each time. */
export async function inputOf(reader: Reader, samples: readonly Bytes[], seed: number, index: number): Promise<Bytes> {
  const random = streamFor(seed, `${reader.name}/${index}`);
  const sample = oneOf(random, samples);
  if (once(random, 40)) return noise(random, MAX_NOISE_BYTES);
  return once(random, 40) ? sample.slice() : reader.damage(sample, random);
}

/** Does the thread's task. @param readers to look up the task's reader in */
export async function readAll(readers: readonly Reader[]): Promise<void> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- fuzz.ts gives it
  const { reader: name, seed, from, to, place } = workerData as ThreadTask;
  const tell = (report: ThreadReport) => parentPort?.postMessage(report, []);
  const reader = readers.find((one) => one.name === name);
  if (!reader) throw new Error(`there is no reader ${name}`);
  const samples = await reader.samples();
  for (let index = from; index < to; index++) {
    place[0] = index;
    const input = await inputOf(reader, samples, seed, index);
    place[1] = Date.now();
    const begun = performance.now();
    try {
      const accepted = await readOnce(reader, input);
      tell({ type: 'read', index, accepted, milliseconds: performance.now() - begun });
    } catch (error) {
      tell({ type: 'crash', index, what: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) });
    }
    place[1] = 0;
  }
  tell({ type: 'done' });
}

/** @returns whether the input is accepted @throws Error that describes the reader's fault */
async function readOnce(reader: Reader, input: Bytes): Promise<boolean> {
  const before = process.memoryUsage().arrayBuffers;
  const accepted = await answerOf(reader, input);
  const grown = process.memoryUsage().arrayBuffers - before;
  if (grown > MAX_BUFFER_BYTES) throw new Error(`it took ${Math.round(grown / 2 ** 20)} MiB for ${input.length} bytes`);
  return accepted;
}

async function answerOf(reader: Reader, input: Bytes): Promise<boolean> {
  try {
    return (await reader.read(input)) !== false;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { kind, what, remedy } = error.failure;
    if (!REFUSALS.includes(kind))
      throw new Error(`it refuses with a failure of kind ${kind}: ${what}`, { cause: error });
    if (what === '' || remedy === '') throw new Error('it refuses without a sentence or a remedy', { cause: error });
    const told = what.length + remedy.length;
    if (told > MAX_REPORTED) throw new Error(`what it says has ${told} characters`, { cause: error });
    return false;
  }
}
