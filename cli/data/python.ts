/** Finds a CPython 3.8 to 3.11, whose tokenizer the lexer follows. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CommandError } from '../lib/command.ts';

const MIN_MINOR = 8;
const MAX_MINOR = 11;
/** Commands, in the order in which they are tried. */
const NAMES = ['python3.11', 'python3.10', 'python3.9', 'python3.8', 'python3', 'python'];

export interface Python {
  readonly path: string;
  /** Such as `CPython 3.11.7`. */
  readonly version: string;
}

const ASK =
  'import sys, platform; print(sys.version_info[0], sys.version_info[1], platform.python_implementation(), platform.python_version())';

const run = promisify(execFile);

/** The interpreter that a command starts, or null if it has another version or does not start. */
async function pythonAt(path: string): Promise<Python | null> {
  try {
    const { stdout } = await run(path, ['-c', ASK], { timeout: 20_000 });
    const [major, minor, implementation, version] = stdout.trim().split(' ');
    const right = major === '3' && Number(minor) >= MIN_MINOR && Number(minor) <= MAX_MINOR;
    return right ? { path, version: `${implementation} ${version}` } : null;
  } catch {
    return null; // not installed, or it does not start
  }
}

/**
 * The interpreter to compare with, or null if there is none.
 * @param named the interpreter that the user asked for
 * @throws CommandError if that one has another version or does not start
 */
export async function findPython(named?: string): Promise<Python | null> {
  if (named !== undefined) {
    const python = await pythonAt(named);
    if (python) return python;
    throw new CommandError(
      2,
      `${named} is not Python 3.8 to 3.11.`,
      'Use one of these: the tokenizer of 3.12 and later is different.',
    );
  }
  for (const name of NAMES) {
    const python = await pythonAt(name);
    if (python) return python;
  }
  return null;
}

export const NO_PYTHON = 'No Python 3.8 to 3.11 was found. Install one, or name it with --python PATH.';
