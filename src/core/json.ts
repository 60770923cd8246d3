/**
 * JSON that keeps every number. JSON itself has no infinite numbers and no NaN, and `JSON.stringify` writes all of them as null, so
 * that a perplexity that overflowed would be read back as one that was never measured. One convention for every file of the lab:
 *
 * - `NaN` (not measured, or not a number) is `null`, as in every file written before;
 * - an infinite number (overflowed) is the string `"Infinity"` or `"-Infinity"`: plain JSON for any parser, and what `Number()` in
 *   JavaScript, `float()` in Python and Protocol Buffers' JSON mapping take for the number.
 *
 * Readers also take `"NaN"`, and the bare words `NaN`, `Infinity` and `-Infinity`, which Python's `json.dump` writes by default.
 */
import { z } from 'zod';
import { fail } from './failure.ts';

/** Any number from a file or from storage, including infinities and NaN. */
export const anyNumber = z.union(
  [
    z.custom<number>((value) => typeof value === 'number'),
    z.null().transform(() => Number.NaN),
    z.enum(['Infinity', '-Infinity', 'NaN']).transform(Number),
  ],
  'expected a number',
);

/** @param indent spaces per level; without it everything is on one line */
export function writeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, infinityAsText, indent);
}

function infinityAsText(_key: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? String(value) : value;
}

/** A string, which is left alone, or a bare word of Python's. A string that does not end reaches to the end of the text. */
const STRING_OR_WORD = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?Infinity\b|\bNaN\b/gs;

/**
 * Text as `writeJson` or Python's `json.dump` wrote it.
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = text.replaceAll(STRING_OR_WORD, (found) =>
      found.startsWith('"') ? found : found === 'NaN' ? 'null' : `"${found}"`,
    );
    if (plain === text) throw error;
    return JSON.parse(plain);
  }
}

export interface VersionedFormat<T> {
  readonly schema: z.ZodType<T>;
  /** Its version, in the field `schema` of the file. */
  readonly version: number;
  /** For sentences, such as "the manifest at data/manifest.json". */
  readonly name: string;
  /** The same after "is not", such as "the manifest of a data set". */
  readonly is: string;
  /** What to do about a file that is not one, and about one of another version. */
  readonly remedy: string;
  readonly otherVersion: string;
}

/**
 * Reads a JSON file that says its version.
 * @throws LabError `bad-input` where it is not JSON or not of that form, `unknown-version` where it has another version
 */
export function parseVersioned<T>(text: string, format: VersionedFormat<T>): T {
  const name = format.name[0]!.toUpperCase() + format.name.slice(1);
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    fail('bad-input', `${name} is not JSON.`, format.remedy, cause);
  }
  const written = z.object({ schema: z.number() }).safeParse(json).data?.schema;
  if (written !== undefined && written !== format.version) {
    const what = `${name} has format version ${written}; this lab reads version ${format.version}.`;
    fail('unknown-version', what, format.otherVersion);
  }
  const parsed = format.schema.safeParse(json);
  if (!parsed.success) {
    fail('bad-input', `${name} is not ${format.is}: ${z.prettifyError(parsed.error)}.`, format.remedy);
  }
  return parsed.data;
}
