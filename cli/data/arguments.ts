/** Checks arguments: wrong ones end a command with exit code 2, as is usual. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Literals, literalsSchema } from '#core/data/literals.ts';
import { DEFAULT_READING, READINGS, type SourceReading, UNNAMED_READING } from '#core/python/lexer/reading.ts';
import { RULES, type Rules } from '#core/python/lexer/rules.ts';
import { LabError, messageOf } from '#core/failure.ts';
import { CommandError } from '../lib/command.ts';

/** Calls `read`, and turns its LabError into a CommandError with exit code 2. */
export function checkArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LabError) throw new CommandError(2, error.failure.what, error.failure.remedy);
    throw error;
  }
}

/** Literals on their own, or a manifest that contains them. */
const literalsFileSchema = z.union([
  z.object({
    literals: literalsSchema,
    rules: z.enum(RULES).default(RULES[0]),
    reading: z.enum(READINGS).default(UNNAMED_READING),
  }),
  literalsSchema.transform((literals) => ({ literals, rules: RULES[0], reading: DEFAULT_READING })),
]);

/** How a data set was lexed. A file with literals alone gives the defaults for the rest. */
export interface Lexed {
  readonly literals: Literals;
  readonly rules: Rules;
  readonly reading: SourceReading;
}

/** Kept literals from a JSON file: `{"str": [...], "num": [...]}`, or the manifest of a data set, which also has rules and reading. */
export async function readLiterals(path: string): Promise<Lexed> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CommandError(2, `The literals in ${path} cannot be read: ${messageOf(error)}.`, 'Name a JSON file.');
  }
  const parsed = literalsFileSchema.safeParse(json);
  if (!parsed.success) {
    throw new CommandError(
      2,
      `${path} does not contain kept literals.`,
      'It has to be {"str": [...], "num": [...]}, or the manifest of a data set.',
    );
  }
  return parsed.data;
}
