/** Wrong arguments end a command with exit code 2, as is usual on a command line. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Literals, literalsSchema } from '#core/data/literals.ts';
import { DEFAULT_READING, READINGS, type SourceReading, UNNAMED_READING } from '#core/python/lexer/reading.ts';
import { RULES, type Rules } from '#core/python/lexer/rules.ts';
import { LabError, messageOf } from '#core/failure.ts';
import { CommandError } from '../lib/command.ts';

/** Runs what reads arguments; a fault it finds gets exit code 2. */
export function checkArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LabError) throw new CommandError(2, error.failure.what, error.failure.remedy);
    throw error;
  }
}

/** Either literals by themselves, or a manifest, which holds them. */
const literalsFileSchema = z.union([
  z.object({
    literals: literalsSchema,
    rules: z.enum(RULES).default(RULES[0]),
    reading: z.enum(READINGS).default(UNNAMED_READING),
  }),
  literalsSchema.transform((literals) => ({ literals, rules: RULES[0], reading: DEFAULT_READING })),
]);

/** How a data set was lexed, or as much as a file of literals says of it. */
export interface Lexed {
  readonly literals: Literals;
  readonly rules: Rules;
  readonly reading: SourceReading;
}

/** Kept literals from a JSON file: `{"str": [...], "num": [...]}`, or the manifest of a data set, which has rules and reading, too. */
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
