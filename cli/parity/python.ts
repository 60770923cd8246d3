/** The package of pytorch/minicopilot, run in the first interpreter that has PyTorch. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fail, messageOf } from '#core/failure.ts';
import { ROOT } from '../lib/paths.ts';

const run = promisify(execFile);
/**
 * PyTorch before 2.0 misreads its own default for these under Python 3.11, as Debian 12 has both; so they are named, of a process
 * that there is none of.
 */
const NO_REDIRECTS = ['--redirects', '9:1', '--tee', '9:1'];
/** Minutes that a check takes at most on two cores. */
const PATIENCE = 10;

/**
 * Runs a module of the package.
 * @param processes more than one trains with torchrun
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
