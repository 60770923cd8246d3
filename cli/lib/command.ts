/** What all commands share: clear messages about wrong arguments, and failures printed as a sentence. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fail, LabError, messageOf } from '#core/failure.ts';
import { visibleText } from '#core/visibleText.ts';

/** A failure that ends the command with a specific exit code. */
export class CommandError extends LabError {
  readonly exitCode: number;

  constructor(exitCode: number, what: string, remedy: string) {
    super({ kind: 'not-found', what, remedy });
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** Runs a command's body; sets the exit code, and prints what failed and what to do about it as one line on stderr. */
export async function runCommand(body: () => Promise<void>): Promise<void> {
  // `… | head` closes the pipe, but the command still finishes its work.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await body();
  } catch (error) {
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
    if (error instanceof LabError) {
      const { what, remedy, detail } = error.failure;
      const more = detail === undefined || process.env['DEBUG'] === undefined ? '' : `\n${detail}`;
      // file names are untrusted, and a terminal interprets control characters
      console.error(visibleText(`${what} ${remedy}${more}`));
    } else {
      console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}

/**
 * Node's `parseArgs`, with its error turned into one that points to `--help`.
 * @throws LabError `bad-input`
 */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    fail('bad-input', messageOf(error).replace(/\.?$/, '.'), 'Run it with --help to see what it takes.');
  }
}

/** Parses an argument that must be a whole number in a range. */
export function wholeNumber(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    fail(
      'bad-input',
      `--${name} ${text} is not a whole number from ${least} to ${most}.`,
      'Run it with --help to see what it takes.',
    );
  }
  return value;
}

/** Checks an argument that must be one of a few words. */
export function oneOf<const T extends string>(text: string, name: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) {
    fail(
      'bad-input',
      `--${name} ${text} is unknown: it is one of ${choices.join(', ')}.`,
      'Run it with --help to see what it takes.',
    );
  }
  return found;
}
