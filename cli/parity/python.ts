/** Runs modules of the package pytorch/minicopilot. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fail, messageOf } from '#core/failure.ts';
import { ROOT } from '../lib/paths.ts';

const run = promisify(execFile);
/**
 * PyTorch before 2.0 fails on its own defaults of these options under Python 3.11, and Debian 12 has both. So the options are given, for a
 * process 9 that does not exist.
 */
const NO_REDIRECTS = ['--redirects', '9:1', '--tee', '9:1'];
/** Minutes after which a check has failed; on two cores all take less. */
const PATIENCE = 10;

/**
 * Runs a module of the package.
 * @param processes number of processes; several are started as torchrun does
 * @returns what it wrote to stdout
 * @throws LabError `worker`
 */
export async function runModule(
  python: string,
  module: string,
  words: readonly string[],
  processes = 1,
): Promise<string> {
  const launched = [
    '-m',
    'torch.distributed.run',
    '--standalone',
    '--nproc_per_node',
    String(processes),
    ...NO_REDIRECTS,
  ];
  const call = [...(processes > 1 ? launched : []), '-m', `minicopilot.${module}`, ...words];
  const env = { ...process.env, PYTHONPATH: join(ROOT, 'pytorch') };
  try {
    const { stdout } = await run(python, call, { env, timeout: PATIENCE * 60_000, maxBuffer: 64e6 });
    return stdout;
  } catch (cause) {
    fail(
      'worker',
      `PyTorch's part of the check failed: ${messageOf(cause).trim().split('\n').at(-1) ?? ''}`,
      `Run it by hand to see all that it says: PYTHONPATH=pytorch ${python} ${call.join(' ')}`,
      cause,
    );
  }
}
