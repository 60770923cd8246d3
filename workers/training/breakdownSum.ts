/** Makes an empty sum of a model's results per file, which knows the file of each row. */
import { BreakdownSum, rowPositions } from '#core/metrics/breakdown.ts';
import type { Manifest } from '#core/data/manifest.ts';
import type { Cut } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';

/** Number of rows read at once. */
const CHUNK = 512;

type Described = Pick<Manifest, 'id' | 'sha256'> & { readonly vocabulary: Pick<Manifest['vocabulary'], 'tokens'> };

export async function breakdownSum(rows: Rows, cut: Cut, { id, sha256, vocabulary }: Described): Promise<BreakdownSum> {
  const { lengths } = rows;
  const firstIds = new Uint16Array(lengths.length);
  for (let from = 0; from < lengths.length; from += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, lengths.length - from) }, (_, i) => from + i);
    for (const [i, row] of (await rows.read(indices)).entries()) firstIds[from + i] = row[0] ?? 0;
  }
  const cutLengths = lengths.map((length) => Math.min(length, cut.length));
  const tokens = vocabulary.tokens.slice(0, cut.vocabulary);
  return new BreakdownSum({ id, sha256 }, rowPositions(firstIds, cutLengths, tokens), tokens);
}
