/**
 * Which split a Parquet file has, by its path. Published sets have it in the file's name, `python/train-00000-of-00002.parquet`; Hugging
 * Face's own conversion in the folder's, `python/train/0000.parquet`, or `python/partial-train/0000.parquet` where it stopped early. Above
 * these is the folder of the configuration, which for CodeXGLUE is the language.
 */
import { fail } from '../../failure.ts';
import { NOTES, type Note, NoteTally } from '../notes.ts';
import { fileNameOf, type Part, PARTS } from './source.ts';

/** The one configuration that is Python, where there are several. */
const OWN_CONFIG = 'python';

export interface ParquetPlace {
  readonly part: Part;
  /** For messages and rows: the file's name, with its folder where that tells the part. */
  readonly name: string;
}

interface Placed<T> {
  readonly file: T;
  readonly place: ParquetPlace;
  /** Path of the configuration's folder. */
  readonly config: string;
  readonly isPartial: boolean;
}

/**
 * The files to read, by part and name.
 * @param files with paths, or the paths of addresses
 * @throws LabError `bad-input` where neither name nor folder tells the part, or two files claim the same place
 */
export function placeParquet<T extends { readonly path: string }>(
  files: readonly T[],
): { readonly files: (T & ParquetPlace)[]; readonly notes: readonly Note[] } {
  const notes = new NoteTally();
  const placed = files.map((file) => parsePath(file));
  const isOwn = ({ config }: { readonly config: string }) => fileNameOf(config).toLowerCase() === OWN_CONFIG;
  const hasOwn = placed.some(isOwn);
  const chosen = placed.filter((one) => !hasOwn || isOwn(one));
  for (const one of placed) if (hasOwn && !isOwn(one)) notes.add(NOTES.otherConfig, one.file.path);
  for (const { file, isPartial } of chosen) if (isPartial) notes.add(NOTES.partialPart, file.path);
  const ordered = chosen.toSorted(
    ({ place: a }, { place: b }) =>
      PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  for (const [i, { file, place, config }] of ordered.entries()) {
    const next = ordered[i + 1];
    if (next?.place.name === place.name && next.config !== config) {
      fail(
        'bad-input',
        `${file.path} and ${next.file.path} have the same name, so it is not clear which one to use.`,
        'Choose the Parquet files of one folder.',
      );
    }
  }
  return { files: ordered.map(({ file, place }) => ({ ...file, ...place })), notes: notes.list() };
}

function parsePath<T extends { readonly path: string }>(file: T): Placed<T> {
  const folders = file.path.split('/');
  const name = folders.pop() ?? '';
  const named = partIn(name);
  if (named !== null) return { file, place: { part: named, name }, config: folders.join('/'), isPartial: false };
  const folder = folders.pop() ?? '';
  const isPartial = folder.startsWith('partial-');
  const part = partIn(isPartial ? folder.slice('partial-'.length) : folder);
  if (part === null) {
    fail(
      'bad-input',
      `The names of ${name} and its folder do not say which split it has.`,
      'One of these names must begin with train, test, dev or validation, such as train-00000-of-00002.parquet or train/0000.parquet.',
    );
  }
  return { file, place: { part, name: `${folder}/${name}` }, config: folders.join('/'), isPartial };
}

function partIn(name: string): Part | null {
  if (/^train\b/i.test(name)) return 'train';
  if (/^test\b/i.test(name)) return 'test';
  return /^(dev|validation|valid|val)\b/i.test(name) ? 'dev' : null;
}
