/**
 * py150 as ETH Zürich publishes it: `py150_files.tar.gz` holds the lists `python100k_train.txt` and `python50k_eval.txt`, one
 * path a line, and `data.tar.gz` with the files. The lists decide which files there are, their part and their order.
 * CodeXGLUE takes the last 5,000 of the 100,000 training files as its dev part, and keeps a file that cannot be tokenized
 * as an empty row; so does this source.
 */
import { fail } from '../../failure.ts';
import { NoteTally } from '../notes.ts';
import { lastOfEachName } from './sift.ts';
import { type DataSource, fileNameOf, type NamedBlob, type Part, PARTS, TOO_LARGE } from './source.ts';
import { entriesOf, entriesOfFile, type TarEntry } from './tar.ts';
import { readBodies, readHeaders, type TarMember } from './tarMembers.ts';

export const TRAIN_LIST = 'python100k_train.txt';
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
      licence: 'not stated for the whole; see the repositories of the files',
    },
    defaultId: 'py150',
    parts: PARTS,
    bytes: 2 * blob.size, // once for the lists, which may stand behind the data, and once for the data
    order: 'given',
    reading: 'utf8-text',
    keepsFailed: true,
    async *read({ signal, onBytes }) {
      const { places, data } = await readLists(await entriesOfFile(blob, name, onBytes), name, signal);
      const notes = new NoteTally();
      const members = lastOfEachName(data?.members ?? [], notes);
      for (const { what, count, example } of notes.list()) yield { kind: 'note', path: example, what, count };
      const listed = members.flatMap((member) => {
        const place = places.get(member.path);
        return place === undefined ? [] : [{ ...member, place }];
      });
      if (listed.length === 0) fail('bad-input', `${name} has none of the files that it lists.`, 'Download it again.');
      const files = listed.filter(({ kind }) => kind === 'file');
      let index = 0;
      for await (const entry of await entriesOfFile(blob, name, onBytes)) {
        if (index++ !== data?.index) {
          await entry.skip();
          continue;
        }
        for await (const { path, place, bytes } of readBodies(entriesOf(entry.stream(), dataIn(name)), files, signal)) {
          if (bytes === null) yield { kind: 'unreadable', path, ...place, reason: TOO_LARGE };
          else yield { kind: 'python', path, ...place, bytes };
        }
      }
      const found = new Map(listed.map(({ path, kind }) => [path, kind]));
      for (const [path, place] of places) {
        const kind = found.get(path);
        if (kind !== 'file') {
          const reason = kind === undefined ? 'listed, but missing' : 'a link, which is not followed';
          yield { kind: 'unreadable', path, ...place, reason };
        }
      }
    },
  };
}

const dataIn = (name: string) => `${DATA} in ${name}`;

interface Lists {
  /** Where each listed file belongs. */
  readonly places: ReadonlyMap<string, Place>;
  /** The tarball within, and which entry it is. */
  readonly data: { readonly members: readonly TarMember[]; readonly index: number } | null;
}

/** Reads the lists, and the headers of the tarball within. */
async function readLists(entries: AsyncIterable<TarEntry>, name: string, signal: AbortSignal): Promise<Lists> {
  let train: string[] | null = null;
  let test: string[] | null = null;
  let data: Lists['data'] = null;
  let index = 0;
  for await (const entry of entries) {
    const file = fileNameOf(entry.name);
    if (file === TRAIN_LIST) train = await linesIn(entry);
    else if (file === TEST_LIST) test = await linesIn(entry);
    else if (file === DATA) {
      data = { members: await readHeaders(entriesOf(entry.stream(), dataIn(name)), dataIn(name), signal), index };
    } else await entry.skip();
    index++;
  }
  if (train === null || test === null) {
    const missing = train === null ? TRAIN_LIST : TEST_LIST;
    fail(
      'bad-input',
      `${name} has no ${missing}.`,
      'The file must be py150_files.tar.gz as published. For other Python source, choose its folder or a .zip.',
    );
  }
  const dev = train.length - Math.floor(train.length / DEV_SHARE);
  const places = new Map<string, Place>();
  for (const [order, path] of train.slice(0, dev).entries()) places.set(path, { part: 'train', order });
  for (const [order, path] of train.slice(dev).entries()) places.set(path, { part: 'dev', order });
  for (const [order, path] of test.entries()) places.set(path, { part: 'test', order });
  return { places, data };
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
