/** The start and end of every command: wrong arguments get a clear message, and failures are printed as a sentence. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fail, LabError, messageOf } from '#core/failure.ts';
import { visibleText } from '#core/visibleText.ts';

/** A failure that ends the command with an exit code of its own. */
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
  // `… | head` stops reading, but the command still finishes its work.
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
      // names of files come from elsewhere, and a terminal obeys control characters
      console.error(visibleText(`${what} ${remedy}${more}`));
    } else {
      console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}

/**
 * `parseArgs` of Node with its complaint turned into one that points to `--help`.
 * @throws LabError `bad-input`
 */
export function readArguments<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    fail('bad-input', messageOf(error).replace(/\.?$/, '.'), 'Run it with --help to see what it takes.');
  }
}

/** An argument that must be a whole number in a range. */
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

/** An argument that must be one of a few words. */
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
