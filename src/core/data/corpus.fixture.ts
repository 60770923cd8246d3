/** Corpora and blobs for tests, from memory. */
import type { Corpus } from './corpus.ts';
import { readCorpus } from './corpus.ts';
import { NoteTally } from './notes.ts';
import { folderSource } from './sources/folder.ts';
import type { BlobLike, NamedBlob, Reading, SourceItem } from './sources/source.ts';

export function memoryBlob(content: string | Uint8Array): BlobLike {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    size: bytes.length,
    slice: (start, end) => memoryBlob(bytes.subarray(start, end)),
    arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer),
  };
}

export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): NamedBlob[] {
  return Object.entries(files).map(([path, content]) => ({ path, blob: memoryBlob(content) }));
}

/** The corpus of Python files by path. */
export function corpusOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<Corpus> {
  return readCorpus(folderSource('Some code', memoryFiles(files)));
}

/** Everything that a source reads, copied, since the next item may overwrite it. */
export async function itemsOf(
  source: { read(reading: Reading): AsyncIterable<SourceItem> },
  signal: AbortSignal = new AbortController().signal,
): Promise<SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const item of source.read({ signal, onBytes: () => undefined })) {
    items.push(item.kind === 'line' || item.kind === 'python' ? { ...item, bytes: item.bytes.slice() } : item);
  }
  return items;
}

/** Python files by path, as text. */
export function textsOf(items: readonly SourceItem[]): Record<string, string> {
  const python = items.flatMap((item) => (item.kind === 'python' ? [item] : []));
  return Object.fromEntries(python.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
}

/** What is noted, how often, and the first example. */
export function notesOf(items: readonly SourceItem[]): [what: string, count: number, example: string][] {
  const tally = new NoteTally();
  for (const item of items) if (item.kind === 'note') tally.add(item.what, item.path, item.count);
  return tally.list().map(({ what, count, example }) => [what, count, example]);
}
