/** A thread that lexes batches of files into its own table, and returns the new entries. See lexThreads.ts. */
import { parentPort, type Transferable } from 'node:worker_threads';
import { loadCodecOf } from '#core/python/lexer/encoding.ts';
import { TokenTable } from '#core/python/lexer/tokens.ts';
import type { LexBatch, LexReply } from './lexThreads.ts';

/** A larger table is replaced by a new one. Otherwise every thread would finally have all tokens of a large data set in memory. */
const MAX_TABLE_BYTES = 32 * 2 ** 20;

let table = new TokenTable();
let told = 0;

async function lexBatch({ files, reading }: LexBatch): Promise<void> {
  const fresh = told === 0;
  for (const bytes of files) await loadCodecOf(bytes, reading);
  const results: LexReply['results'] = files.map((bytes) => table.lex(bytes, reading));
  const added = table.slice(told);
  told = table.size;
  if (table.bytes > MAX_TABLE_BYTES) {
    table = new TokenTable();
    told = 0;
  }
  const reply: LexReply = { fresh, added, results };
  const buffers: Transferable[] = [added.bytes.buffer, added.lengths.buffer, added.kinds.buffer];
  for (const result of results) if (!('reason' in result)) buffers.push(result.buffer);
  parentPort?.postMessage(reply, buffers);
}

// batches are lexed in order, even if one waits for a codec to load
let ready = Promise.resolve();
parentPort?.on('message', (batch: LexBatch) => {
  ready = ready.then(() => lexBatch(batch));
});
