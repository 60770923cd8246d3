/** Measures PyTorch: runs the scripts of pytorch/bench/ in the first interpreter that has PyTorch. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ModelSpec } from '#core/models/spec.ts';
import { fail, messageOf } from '#core/failure.ts';
import { formatCounted } from '#core/format.ts';
import { ROOT } from '../lib/paths.ts';
import type { StepsWork } from './page/protocol.ts';

const SCRIPTS = join(ROOT, 'pytorch', 'bench');

/** Interpreters, in the order in which they are tried. Another python3 that is first on PATH does not see the distribution's package. */
const INTERPRETERS = ['python3', '/usr/bin/python3'];

/** Minutes in which PyTorch must be imported and take a step of a small model. */
const SEARCH_PATIENCE = 2;
const SMALL = ['--model', 'rnn', '--tokens', '10', '--embedding', '8', '--hidden', '8', '--batch', '2', '--steps', '4'];

const run = promisify(execFile);

const timedSchema = z.object({
  version: z.string(),
  threads: z.int(),
  blas: z.string().nullable(),
  seconds: z.array(z.number()),
});

export type TorchTimed = z.infer<typeof timedSchema>;

const completedSchema = timedSchema.extend({ read: z.number() });
/** Seconds for each token with its candidates; `read` is the time for the whole text before. */
export type TorchCompleted = z.infer<typeof completedSchema>;

export interface Torch {
  /** The interpreter that has PyTorch. */
  readonly python: string;
  readonly version: string;
  /** The library that multiplies its matrices, if it can be detected. */
  readonly blas: string | null;
}

export const NO_TORCH =
  'No python3 here has PyTorch, so it is left out (Debian: apt-get install python3-torch libopenblas0-pthread).';

/** A warning if PyTorch uses a slow BLAS, since a comparison with it would mean little. */
export function slowBlas({ version, blas }: Torch): string | null {
  return blas?.startsWith('libblas') === true
    ? `PyTorch ${version} multiplies with the reference ${blas} here, several times slower than it could: apt-get install libopenblas0-pthread.`
    : null;
}

/**
 * The PyTorch of the first interpreter that can import it, or null if none can.
 * @throws LabError `worker` if it does not train
 */
export async function findTorch(interpreters: readonly string[] = INTERPRETERS): Promise<Torch | null> {
  for (const python of interpreters) {
    if (!(await imports(python))) continue;
    const { version, blas } = timedSchema.parse(await runScript(python, 'train_step.py', SMALL, SEARCH_PATIENCE));
    return { python, version, blas };
  }
  return null;
}

async function imports(python: string): Promise<boolean> {
  try {
    await run(python, ['-c', 'import torch'], { timeout: SEARCH_PATIENCE * 60_000 });
    return true;
  } catch {
    return false; // the interpreter or PyTorch is missing or does not start
  }
}

/**
 * Times training steps on all cores.
 * @param warmUpSteps steps through time of the one training step that is not timed
 * @param minutes time limit
 * @throws LabError `worker`
 */
export async function timeTorch(
  { python }: Torch,
  { spec, config, timed }: StepsWork,
  warmUpSteps: number,
  minutes: number,
): Promise<TorchTimed> {
  const options = {
    model: spec.cell,
    batch: config.batch,
    steps: config.length - 1,
    timed,
    'warm-up-steps': warmUpSteps,
    tokens: spec.tokens,
    embedding: spec.embedding,
    hidden: spec.hidden,
    dropout: config.dropout,
    'learning-rate': config.learningRate,
    'clip-norm': config.clipNorm,
    seed: config.seed,
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return timedSchema.parse(await runScript(python, 'train_step.py', words, minutes));
}

/**
 * Times reading a text and typing tokens after it one by one, on one thread as in the lab's completion.
 * @param pause milliseconds between two tokens
 * @throws LabError `worker`
 */
export async function timeTorchCompletion(
  { python }: Torch,
  spec: ModelSpec,
  text: number,
  timed: number,
  pause: number,
): Promise<TorchCompleted> {
  const options = {
    model: spec.cell,
    tokens: spec.tokens,
    embedding: spec.embedding,
    hidden: spec.hidden,
    text,
    timed,
    pause,
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return completedSchema.parse(
    await runScript(python, 'complete_step.py', [...words, '--threads', '1'], SEARCH_PATIENCE),
  );
}

async function runScript(python: string, script: string, words: readonly string[], minutes: number): Promise<unknown> {
  const threads = ['--threads', String(availableParallelism())];
  try {
    const { stdout } = await run(python, [join(SCRIPTS, script), ...threads, ...words], { timeout: minutes * 60_000 });
    return JSON.parse(stdout);
  } catch (cause) {
    fail(
      'worker',
      `PyTorch in ${python} could not be timed within ${formatCounted(minutes, 'minute')}: ${lastLine(messageOf(cause))}.`,
      `Run pytorch/bench/${script} by hand to see all that it says.`,
      cause,
    );
  }
}

/** The last line that the interpreter printed, from the message of a failed command. */
function lastLine(message: string): string {
  return (message.trimEnd().split('\n').at(-1) ?? '').replace(/\.$/, '');
}
