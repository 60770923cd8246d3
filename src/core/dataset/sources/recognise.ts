/** Which source it is that a person dropped or chose: by the names of the files alone. */
import { fail } from '../../failure.ts';
import { codexglueSource, partOfText } from './codexglue.ts';
import { folderSource, isOwnPythonFile } from './folder.ts';
import { parquetSource } from './parquet.ts';
import { py150Source } from './py150.ts';
import type { DataSource, NamedBlob } from './source.ts';
import { zipSource } from './zip.ts';

/**
 * @param files all that were chosen, paths from the top of what was dropped: `mylib/a.py` where it was the folder `mylib`
 * @throws LabError `bad-input` where there is nothing in them that the lab reads
 */
export function recogniseSource(files: readonly NamedBlob[]): DataSource {
  const [first] = files;
  const ending = (suffix: RegExp) => files.filter(({ path }) => suffix.test(path));
  if (files.length === 1 && first) {
    if (/\.zip$/i.test(first.path)) return zipSource(first);
    if (/\.(tar\.gz|tgz)$/i.test(first.path)) return py150Source(first);
  }
  const parquet = ending(/\.parquet$/i);
  if (parquet.length > 0) return parquetSource(parquet);
  const texts = files.filter(({ path }) => partOfText(path) !== null);
  const { name, inner } = withoutTop(files);
  const python = inner.filter(({ path }) => isOwnPythonFile(path));
  if (texts.length > 0 && python.length === 0) return codexglueSource(texts);
  if (python.length > 0) return folderSource(name, python);
  const what = files.length === 1 && first ? first.path : `the ${files.length} files`;
  fail(
    'bad-input',
    `There is nothing in ${what} that the lab can read.`,
    'Choose a folder or a .zip with .py files, train.txt and its siblings, Parquet files, or py150_files.tar.gz.',
  );
}

/** Takes the folder that all files lie in off their paths. */
function withoutTop(files: readonly NamedBlob[]): { readonly name: string; readonly inner: readonly NamedBlob[] } {
  const top = files[0]?.path.split('/')[0] ?? '';
  if (top === '' || !files.every(({ path }) => path.startsWith(`${top}/`))) return { name: 'My files', inner: files };
  return { name: top, inner: files.map(({ path, blob }) => ({ path: path.slice(top.length + 1), blob })) };
}
