/** The list of data sets that a server offers: `datasets/index.json`, written by `npm run data`. */
import { z } from 'zod';
import { fail } from '../failure.ts';

const offersSchema = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    /** Address of the manifest, relative to the page. */
    manifest: z.string().regex(/^datasets\/[a-z0-9][a-z0-9-]*\/manifest\.json$/),
    sha256: z.string(),
    /** Bytes of all shards. */
    bytes: z.int().min(0),
  }),
);
export type Offers = z.infer<typeof offersSchema>;

/** @throws LabError `bad-input` */
export function parseOffers(text: string, where: string): Offers {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail('bad-input', `The list of data sets at ${where} is not JSON.`, 'Write it again with npm run data.', cause);
  }
  const parsed = offersSchema.safeParse(json);
  if (!parsed.success) {
    fail(
      'bad-input',
      `The file at ${where} is not a list of data sets.`,
      'Write it again with npm run data.',
      parsed.error,
    );
  }
  return parsed.data;
}
