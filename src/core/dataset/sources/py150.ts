/**
 * py150 as ETH Zürich publishes it: `py150_files.tar.gz` holds the lists `python100k_train.txt` and `python50k_eval.txt`, one
 * path a line, and `data.tar.gz` with the files. The lists decide which files there are, their part and their order.
 * CodeXGLUE takes the last 5,000 of the 100,000 training files as its dev part, and keeps a file that cannot be tokenized
 * as an empty row; so does this source.
 */
import { fail } from '../../failure.ts';
import { ArchivePaths } from './archivePath.ts';
import { ArchiveBudget } from './budget.ts';
import {
  type DataSource,
  fileNameOf,
  type NamedBlob,
  type Part,
  type Reading,
  type SourceItem,
  TOO_LARGE,
} from './source.ts';
import { entriesOf, streamOf, type TarEntry } from './tar.ts';

const TRAIN_LIST = 'python100k_train.txt';
const TEST_LIST = 'python50k_eval.txt';
const DATA = 'data.tar.gz';
/** CodeXGLUE's dev part: 5,000 of 100,000 training files. */
const DEV_SHARE = 20;

interface Place {
  readonly part: Part;
  readonly order: number;
}

export function py150Source({ path, blob }: NamedBlob): DataSource {
  const name = fileNameOf(path);
  return {
    facts: {
      kind: 'py150',
      title: 'py150',
      description: `The Python files of ${name}, split as CodeXGLUE splits them.`,
      licence: 'not stated as a whole: that of the repositories the files come from',
    },
    defaultId: 'py150',
    bytes: 2 * blob.size, // once for the lists, which may stand behind the data, and once for the data
    order: 'given',
    reading: 'utf8-text',
    keepsFailed: true,
    async *read(reading) {
      const places = await readLists(() => entriesOf(streamOf(blob, reading.onBytes), name), name);
      const found = new Set<string>();
      for await (const entry of entriesOf(streamOf(blob, reading.onBytes), name)) {
        if (fileNameOf(entry.name) === DATA) yield* filesOf(entry, `${DATA} in ${name}`, places, found, reading);
        else await entry.skip();
      }
      if (found.size === 0) {
        fail('bad-input', `${name} holds none of the files it lists.`, 'Download it again.');
      }
      for (const [listed, place] of places) {
        if (!found.has(listed)) yield { kind: 'unreadable', path: listed, ...place, reason: 'listed, but not there' };
      }
    },
  };
}

async function* filesOf(
  data: TarEntry,
  name: string,
  places: ReadonlyMap<string, Place>,
  found: Set<string>,
  { signal }: Reading,
): AsyncGenerator<SourceItem> {
  const paths = new ArchivePaths(name);
  const budget = new ArchiveBudget(name);
  for await (const entry of entriesOf(data.stream(), name)) {
    signal.throwIfAborted();
    const path = entry.isFolder ? null : paths.take(entry.name);
    const place = path === null ? undefined : places.get(path);
    if (path === null || place === undefined || !entry.isFile) {
      await entry.skip();
      continue;
    }
    budget.take(path, entry.size, entry.size);
    const bytes = await entry.bytes();
    found.add(path);
    yield bytes === null
      ? { kind: 'unreadable', path, ...place, reason: TOO_LARGE }
      : { kind: 'python', path, ...place, bytes };
  }
}

/** Where each listed file belongs. */
async function readLists(entries: () => AsyncIterable<TarEntry>, name: string): Promise<ReadonlyMap<string, Place>> {
  let train: string[] | null = null;
  let test: string[] | null = null;
  for await (const entry of entries()) {
    const file = fileNameOf(entry.name);
    if (file === TRAIN_LIST) train = await linesIn(entry);
    else if (file === TEST_LIST) test = await linesIn(entry);
    else await entry.skip();
  }
  if (train === null || test === null) {
    const missing = train === null ? TRAIN_LIST : TEST_LIST;
    fail(
      'bad-input',
      `${name} holds no ${missing}.`,
      'It has to be py150_files.tar.gz as published; for other Python source choose its folder or a .zip.',
    );
  }
  const dev = train.length - Math.floor(train.length / DEV_SHARE);
  const places = new Map<string, Place>();
  for (const [order, path] of train.slice(0, dev).entries()) places.set(path, { part: 'train', order });
  for (const [order, path] of train.slice(dev).entries()) places.set(path, { part: 'dev', order });
  for (const [order, path] of test.entries()) places.set(path, { part: 'test', order });
  return places;
}

async function linesIn(entry: TarEntry): Promise<string[]> {
  const bytes = await entry.bytes();
  if (bytes === null) fail('bad-input', `${entry.name} is ${TOO_LARGE}.`, 'Download py150 again.');
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
