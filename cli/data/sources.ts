/** The data sources of `npm run data`: what a person writes, turned into a source of `src/core/dataset/sources`. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { codexglueSource, partOfText } from '../../src/core/dataset/sources/codexglue.ts';
import { folderSource, isOwnFolder } from '../../src/core/dataset/sources/folder.ts';
import { parquetSource, parquetUrls, parquetUrlSource } from '../../src/core/dataset/sources/parquet.ts';
import { py150Source } from '../../src/core/dataset/sources/py150.ts';
import { pythonStdlibSource } from '../../src/core/dataset/sources/pythonStdlib.ts';
import {
  type BlobLike,
  bytesOf,
  type DataSource,
  isPythonFile,
  type NamedBlob,
} from '../../src/core/dataset/sources/source.ts';
import { zipSource } from '../../src/core/dataset/sources/zip.ts';
import { CommandError } from '../command.ts';
import { checkArguments } from './arguments.ts';
import { fileBlob, filesUnder } from './blobs.ts';

export interface OpenSource {
  readonly source: DataSource;
  /** Names the content: another one whenever the files differ. Null where it cannot be known without reading all again. */
  fingerprint(): Promise<string | null>;
}

interface SourceCommand {
  /** As a person writes it: `dir` in `dir:PATH`. */
  readonly name: string;
  /** How it is written, for --help. */
  readonly usage: string;
  /** What it reads, for --help. */
  readonly summary: string;
  /** @param argument what follows the colon; empty where nothing does */
  open(argument: string): Promise<OpenSource>;
}

export const SOURCES: readonly SourceCommand[] = [
  {
    name: 'python-stdlib',
    usage: 'python-stdlib',
    summary: 'the Python standard library of the npm package pyodide, less encodings/',
    async open() {
      const path = createRequire(import.meta.url).resolve('pyodide/python_stdlib.zip');
      const file = { path: 'python_stdlib.zip', blob: await fileBlob(path) };
      return { source: pythonStdlibSource(file.blob), fingerprint: () => hashOf([file]) };
    },
  },
  {
    name: 'dir',
    usage: 'dir:PATH',
    summary: 'the .py files under a folder; hidden folders, node_modules and site-packages are passed over',
    async open(argument) {
      const top = await folderAt(argument, 'dir:PATH, such as dir:src');
      const files = await filesUnder(top, isPythonFile, isOwnFolder);
      return { source: folderSource(basename(top), files), fingerprint: () => hashOf(files) };
    },
  },
  {
    name: 'zip',
    usage: 'zip:PATH',
    summary: 'the .py files of a .zip',
    async open(argument) {
      const file = await fileAt(argument, 'zip:PATH, such as zip:code.zip');
      return { source: zipSource(file), fingerprint: () => hashOf([file]) };
    },
  },
  {
    name: 'codexglue',
    usage: 'codexglue:DIR',
    summary: 'train.txt, dev.txt and test.txt as CodeXGLUE’s preprocess.py writes them, or some of them',
    async open(argument) {
      const top = await folderAt(argument, 'codexglue:DIR, the folder of train.txt');
      const files = await filesUnder(
        top,
        (path) => partOfText(path) !== null,
        () => false,
      );
      if (files.length === 0) {
        throw new CommandError(2, `There is no train.txt in ${argument}.`, 'Name the folder that preprocess.py wrote.');
      }
      return { source: checkArguments(() => codexglueSource(files)), fingerprint: () => hashOf(files) };
    },
  },
  {
    name: 'parquet',
    usage: 'parquet:DIR|URL',
    summary:
      'the Parquet files of Hugging Face’s CodeXGLUE set: their folder, addresses with commas between, or the set’s page',
    async open(argument) {
      if (/^https?:/.test(argument)) {
        const urls = checkArguments(() => parquetUrls(argument));
        return { source: checkArguments(() => parquetUrlSource(urls)), fingerprint: () => Promise.resolve(null) };
      }
      const top = await folderAt(argument, 'parquet:DIR, or parquet:https://...');
      const files = await filesUnder(top, (path) => path.endsWith('.parquet'));
      if (files.length === 0) {
        throw new CommandError(2, `There is no Parquet file in ${argument}.`, 'Name the folder that holds them.');
      }
      return { source: checkArguments(() => parquetSource(files)), fingerprint: () => hashOf(files) };
    },
  },
  {
    name: 'py150',
    usage: 'py150:TARBALL',
    summary: 'py150_files.tar.gz, lexed here and split as CodeXGLUE splits it',
    async open(argument) {
      const file = await fileAt(argument, 'py150:TARBALL, such as py150:py150_files.tar.gz');
      return { source: py150Source(file), fingerprint: () => hashOf([file]) };
    },
  },
];

/**
 * Opens a source as a person writes it: a name, or a name, a colon and what it reads.
 * @throws CommandError where there is no such source, or it names nothing that can be read
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

async function fileAt(path: string, usage: string): Promise<NamedBlob> {
  const found = path === '' ? null : await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new CommandError(
      2,
      path === '' ? 'The source names no file.' : `There is no file ${path}.`,
      `Write ${usage}.`,
    );
  }
  return { path: basename(path), blob: await fileBlob(path) };
}

/** Bytes hashed at a time. */
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
