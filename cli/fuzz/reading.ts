/** Reads one damaged input after the other in a thread, and reports its position before each, since it may hang. See fuzz.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { LabError, messageOf, type FailureKind } from '#core/failure.ts';
import { streamFor } from '#core/random/stream.ts';
import { noise, once, oneOf, type Bytes } from './damage.ts';
import type { ThreadReport, ThreadTask } from './fuzz.ts';
import type { Reader } from './readers.ts';

/** With which an input is refused; any other kind says that the lab is at fault. */
const REFUSALS: readonly FailureKind[] = ['bad-input', 'unknown-version'];
/** Length of a message to the user, in characters. */
const MAX_REPORTED = 1_500;
/** Bytes of buffers that reading one input of some kilobytes may leave behind it. */
const MAX_BUFFER_BYTES = 128 * 2 ** 20;
/** Longest input of pure noise. */
const MAX_NOISE_BYTES = 2_000;

/** The input of a number: the same each time. */
export async function inputOf(reader: Reader, samples: readonly Bytes[], seed: number, index: number): Promise<Bytes> {
  const random = streamFor(seed, `${reader.name}/${index}`);
  const sample = oneOf(random, samples);
  if (once(random, 40)) return noise(random, MAX_NOISE_BYTES);
  return once(random, 40) ? sample.slice() : reader.damage(sample, random);
}

/** The thread's whole work. @param readers of which the task names one */
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

/** @returns whether the input is accepted @throws Error with what is wrong with the reader */
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
