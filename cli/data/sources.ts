/** Turns the SOURCE argument of `npm run data` into a source of `src/core/data/sources`. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { codexglueSource, partOfText } from '#core/data/sources/codexglue.ts';
import { folderSource } from '#core/data/sources/folder.ts';
import { parquetSource, parquetUrlSource } from '#core/data/sources/parquet.ts';
import { parquetUrls } from '#core/data/sources/parquetUrls.ts';
import { py150Source } from '#core/data/sources/py150.ts';
import { pythonStdlibSource } from '#core/data/sources/pythonStdlib.ts';
import { type BlobLike, bytesOf, type DataSource, isPythonFile, type NamedBlob } from '#core/data/sources/source.ts';
import { tarSource } from '#core/data/sources/tarball.ts';
import { walkTree } from '#core/data/sources/walk.ts';
import { zipSource } from '#core/data/sources/zip.ts';
import { CommandError } from '../lib/command.ts';
import { checkArguments } from './arguments.ts';
import { fileBlob, filesUnder, listFolder } from './blobs.ts';

export interface OpenSource {
  readonly source: DataSource;
  /** Identifies the content: it differs whenever the files do. Null if it cannot be known without reading everything. */
  fingerprint(): Promise<string | null>;
  /** Where the source is. It stays the same for a newer version of a data set, but differs for another data set of the same name. */
  readonly origin: string;
}

interface SourceCommand {
  /** The name on the command line: `dir` in `dir:PATH`. */
  readonly name: string;
  /** The syntax, for --help. */
  readonly usage: string;
  /** What it reads, for --help. */
  readonly summary: string;
  /** @param argument the text after the colon, or empty */
  open(argument: string): Promise<OpenSource>;
}

export const SOURCES: readonly SourceCommand[] = [
  {
    name: 'python-stdlib',
    usage: 'python-stdlib',
    summary: 'the Python standard library from the npm package pyodide, without encodings/',
    async open() {
      const path = createRequire(import.meta.url).resolve('pyodide/python_stdlib.zip');
      const file = { path: 'python_stdlib.zip', blob: await fileBlob(path) };
      const source = pythonStdlibSource(file.blob);
      return { source, fingerprint: () => hashOf([file]), origin: 'python-stdlib' };
    },
  },
  {
    name: 'dir',
    usage: 'dir:PATH',
    summary:
      'the .py files in a folder; skips hidden folders, virtual environments, node_modules, site-packages and links',
    async open(argument) {
      const top = await folderAt(argument, 'dir:PATH, such as dir:src');
      const { files, notes } = await filesUnder(top, isPythonFile);
      const source = folderSource(basename(top) || top, files, notes);
      return { source, fingerprint: () => hashOf(files), origin: `dir:${top}` };
    },
  },
  {
    name: 'zip',
    usage: 'zip:PATH',
    summary: 'the .py files in a .zip; skips the same as dir',
    async open(argument) {
      const { file, origin } = await fileAt(argument, 'zip:PATH, such as zip:code.zip');
      return { source: zipSource(file), fingerprint: () => hashOf([file]), origin: `zip:${origin}` };
    },
  },
  {
    name: 'tar',
    usage: 'tar:PATH',
    summary: 'the .py files in a .tar.gz or .tar; skips the same as dir, follows hard links',
    async open(argument) {
      const { file, origin } = await fileAt(argument, 'tar:PATH, such as tar:code.tar.gz');
      return { source: tarSource(file), fingerprint: () => hashOf([file]), origin: `tar:${origin}` };
    },
  },
  {
    name: 'codexglue',
    usage: 'codexglue:DIR',
    summary: 'train.txt, dev.txt and test.txt from CodeXGLUE’s preprocess.py, or some of them',
    async open(argument) {
      const top = await folderAt(argument, 'codexglue:DIR, the folder of train.txt');
      const here = (await listFolder(top, true)).filter(({ kind }) => kind === 'file');
      const { files } = await walkTree(here, (path) => partOfText(path) !== null);
      if (files.length === 0) {
        throw new CommandError(2, `There is no train.txt in ${argument}.`, 'Name the folder that preprocess.py wrote.');
      }
      const source = checkArguments(() => codexglueSource(files));
      return { source, fingerprint: () => hashOf(files), origin: `codexglue:${top}` };
    },
  },
  {
    name: 'parquet',
    usage: 'parquet:DIR|URL',
    summary:
      'the Parquet files of CodeXGLUE on Hugging Face: their folder, comma-separated URLs, or the page of the data set',
    async open(argument) {
      if (/^https?:/.test(argument)) {
        const urls = checkArguments(() => parquetUrls(argument));
        const source = checkArguments(() => parquetUrlSource(urls));
        return { source, fingerprint: () => Promise.resolve(null), origin: `parquet:${urls.join(',')}` };
      }
      const top = await folderAt(argument, 'parquet:DIR, or parquet:https://...');
      const { files: inner, notes } = await filesUnder(top, (path) => /\.parquet$/i.test(path), true);
      // the folder's own name may be what names the split
      const files = inner.map(({ path, blob }) => ({ path: `${basename(top)}/${path}`, blob }));
      if (files.length === 0) {
        throw new CommandError(2, `There is no Parquet file in ${argument}.`, 'Name the folder that contains them.');
      }
      const source = checkArguments(() => parquetSource(files, notes));
      return { source, fingerprint: () => hashOf(files), origin: `parquet:${top}` };
    },
  },
  {
    name: 'py150',
    usage: 'py150:TARBALL',
    summary: 'py150_files.tar.gz, lexed by the lab and split like CodeXGLUE',
    async open(argument) {
      const { file, origin } = await fileAt(argument, 'py150:TARBALL, such as py150:py150_files.tar.gz');
      return { source: py150Source(file), fingerprint: () => hashOf([file]), origin: `py150:${origin}` };
    },
  },
];

/**
 * Opens a source from the command line: a name, or a name, a colon and what to read.
 * @throws CommandError if there is no such source, or nothing to read there
 */
export async function openSource(text: string): Promise<OpenSource> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const argument = colon < 0 ? '' : text.slice(colon + 1);
  const command = SOURCES.find((candidate) => candidate.name === name);
  if (!command) {
    const known = SOURCES.map(({ usage }) => usage).join(', ');
    throw new CommandError(2, `There is no data source ${text}.`, `It is one of ${known}.`);
  }
  return command.open(argument);
}

async function folderAt(path: string, usage: string): Promise<string> {
  const found = path === '' ? null : await stat(path).catch(() => null);
  if (!found?.isDirectory()) {
    throw new CommandError(
      2,
      path === '' ? 'The source names no folder.' : `There is no folder ${path}.`,
      `Write ${usage}.`,
    );
  }
  return resolve(path);
}

async function fileAt(path: string, usage: string): Promise<{ readonly file: NamedBlob; readonly origin: string }> {
  const found = path === '' ? null : await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new CommandError(
      2,
      path === '' ? 'The source names no file.' : `There is no file ${path}.`,
      `Write ${usage}.`,
    );
  }
  return { file: { path: basename(path), blob: await fileBlob(path) }, origin: resolve(path) };
}

/** Number of bytes hashed at a time. */
const SLICE = 8 * 2 ** 20;

async function hashOf(files: readonly NamedBlob[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, blob } of files) {
    hash.update(`${path}\0${blob.size}\0`);
    for await (const bytes of slicesOf(blob)) hash.update(bytes);
  }
  return hash.digest('hex');
}

async function* slicesOf(blob: BlobLike): AsyncGenerator<Uint8Array> {
  if (blob.size <= SLICE) yield bytesOf(blob);
  else for (let start = 0; start < blob.size; start += SLICE) yield await bytesOf(blob.slice(start, start + SLICE));
}
