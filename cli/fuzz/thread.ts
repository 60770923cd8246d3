/** The fuzzer's thread, with the lab's own readers. */
import { READERS } from './readers.ts';
import { readAll } from './reading.ts';

await readAll(READERS);
