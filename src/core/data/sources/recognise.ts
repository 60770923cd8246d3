/** Finds the source of dropped or chosen files, by the names of all of them. */
import { fail } from '../../failure.ts';
import { NOTES, type Note, NoteTally } from '../notes.ts';
import { codexglueSource, partOfText } from './codexglue.ts';
import { folderSource } from './folder.ts';
import { OwnFiles } from './ownFiles.ts';
import { parquetSource } from './parquet.ts';
import { placeParquet } from './parquetFiles.ts';
import { py150Source } from './py150.ts';
import {
  type DataSource,
  fileNameOf,
  isArchive,
  isPythonFile,
  isZip,
  type NamedBlob,
  WHAT_TO_CHOOSE,
} from './source.ts';
import { tarSource } from './tarball.ts';
import { togetherSource } from './together.ts';
import { zipSource } from './zip.ts';

export interface Recognised<T extends NamedBlob> {
  readonly source: DataSource;
  /** The files that it reads. */
  readonly used: readonly T[];
}

/** The source alone. @throws as `recogniseFiles` */
export function recogniseSource(files: readonly NamedBlob[], notes?: readonly Note[]): DataSource {
  return recogniseFiles(files, notes).source;
}

/**
 * Looks at all files: a repository with a Parquet file or a train.txt among its tests is code, and an archive inside it stays
 * packed; archives that were chosen beside code, or several of them, are read together.
 * @param files all that were chosen, paths from the top of what was dropped: `mylib/a.py` where it was the folder `mylib`
 * @param notes what was left out before
 * @throws LabError `bad-input` where there is nothing in them that the lab reads
 */
export function recogniseFiles<T extends NamedBlob>(files: readonly T[], notes: readonly Note[] = []): Recognised<T> {
  const tally = new NoteTally(notes);
  const rule = new OwnFiles(
    files.map(({ path }) => path),
    1, // a dropped folder may have any name
  );
  const own = rule.sift(files, tally);
  const python = own.filter(({ path }) => isPythonFile(path));
  const archives = own.filter(({ path }) => isArchive(path));
  const chosen = archives.filter(({ path }) => !path.includes('/'));
  if (python.length > 0) {
    for (const { path } of archives) if (path.includes('/')) tally.add(NOTES.archiveInside, path);
  }
  const all = tally.list();
  if (python.length > 0 && chosen.length === 0) {
    const { name, inner } = withoutTop(own, python);
    return { source: folderSource(name, inner, all), used: python };
  }
  if (python.length > 0) return together(chosen, python, all);
  const parquet = own.filter(({ path }) => /\.parquet$/i.test(path));
  if (parquet.length > 0) {
    const source = parquetSource(parquet, all);
    return { source, used: placeParquet(parquet).files };
  }
  const texts = own.filter(({ path }) => partOfText(path) !== null);
  if (texts.length > 0) return { source: { ...codexglueSource(texts), notes: all }, used: texts };
  const [only, second] = archives;
  if (only && !second) return { source: { ...archiveSource(only), notes: all }, used: [only] };
  if (only) return together(archives, [], all);
  const [first] = files;
  const what = files.length === 1 && first ? first.path : `the ${files.length} files`;
  fail('bad-input', `The lab found nothing that it can read in ${what}.`, WHAT_TO_CHOOSE);
}

/** py150's tarball is known by its name alone: what it holds is known only once it has been read. */
const isPy150 = (path: string) => /py150/i.test(fileNameOf(path));

function archiveSource(file: NamedBlob): DataSource {
  if (isZip(file.path)) return zipSource(file);
  return isPy150(file.path) ? py150Source(file) : tarSource(file);
}

function together<T extends NamedBlob>(
  archives: readonly T[],
  python: readonly T[],
  notes: readonly Note[],
): Recognised<T> {
  const published = archives.find(({ path }) => !isZip(path) && isPy150(path));
  if (published) {
    fail(
      'bad-input',
      `${fileNameOf(published.path)} is a published data set with its own splits. You cannot add other files to it.`,
      'Choose only this file, or leave it out.',
    );
  }
  const { name, inner } = withoutTop(python, python);
  const sources = [...archives.map(archiveSource), ...(python.length > 0 ? [folderSource(name, inner)] : [])];
  const source = togetherSource(sources);
  return { source: { ...source, notes: [...notes, ...(source.notes ?? [])] }, used: [...archives, ...python] };
}

/** Removes the folder that contains all files from the paths of some of them. */
function withoutTop(
  all: readonly NamedBlob[],
  some: readonly NamedBlob[],
): { readonly name: string; readonly inner: readonly NamedBlob[] } {
  const top = all[0]?.path.split('/')[0] ?? '';
  if (top === '' || !all.every(({ path }) => path.startsWith(`${top}/`))) return { name: 'My files', inner: some };
  return { name: top, inner: some.map(({ path, blob }) => ({ path: path.slice(top.length + 1), blob })) };
}
