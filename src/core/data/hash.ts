/** Names of content: SHA-256, in hexadecimal. */
import type { Manifest } from './manifest.ts';
import { splitsOf } from './manifest.ts';

export async function sha256Hex(data: Uint8Array<ArrayBuffer> | string): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The name of a data set's content: over vocabulary, kept literals, row length, and the hash of every shard in order. Two
 * data sets of one hash train the same models, whatever their titles.
 */
export async function datasetSha256(
  content: Pick<Manifest, 'length' | 'vocabulary' | 'literals' | 'splits'>,
): Promise<string> {
  const { length, vocabulary, literals } = content;
  const shards = splitsOf(content).map(([, split]) => split.shards.map((shard) => shard.sha256));
  return sha256Hex(
    JSON.stringify([length, vocabulary.tokens, vocabulary.counts, literals.str, literals.num, ...shards]),
  );
}
