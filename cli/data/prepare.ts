/** Prepares a data set in a folder: manifest, shards, and the list of what is offered; or finds that it is up to date. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDataset, DEFAULT_LENGTH, DEFAULT_VOCABULARY } from '../../src/core/dataset/build.ts';
import { lexCorpus } from '../../src/core/dataset/corpus.ts';
import type { Literals } from '../../src/core/dataset/literals.ts';
import { type Manifest, parseManifest, SPLITS } from '../../src/core/dataset/manifest.ts';
import { DATASETS, ROOT } from '../paths.ts';
import { offerDatasets } from './offers.ts';
import { openSource } from './sources/index.ts';

export interface PrepareOptions {
  /** As on the command line: `python-stdlib`, `dir:PATH`. */
  readonly source: string;
  readonly id?: string | undefined;
  readonly vocabulary?: number | undefined;
  readonly length?: number | undefined;
  readonly literals?: Literals | undefined;
  /** Folder of all data sets. */
  readonly out?: string | undefined;
  /** Prepares even what is up to date. */
  readonly force?: boolean | undefined;
  /** Hears how many files were read so far. */
  readonly onFile?: ((read: number) => void) | undefined;
}

export interface Prepared {
  readonly manifest: Manifest;
  readonly folder: string;
  /** Nothing had changed, so nothing was written. */
  readonly upToDate: boolean;
}

/** Beside the manifest: what the data set was made from. Not part of it, since it says nothing about the content. */
const FINGERPRINT = 'fingerprint.txt';
/** The code that decides what a data set comes out as. */
const PIPELINE = ['src/core/lexer', 'src/core/dataset', 'src/core/random', 'cli/data'];

/** Sets the temporary folders of one process apart. */
let prepared = 0;

/**
 * @throws LabError `bad-input` where the source holds no Python that can be lexed
 * @throws CommandError where the source does not exist
 */
export async function prepareDataset(options: PrepareOptions): Promise<Prepared> {
  const source = await openSource(options.source);
  const id = options.id ?? source.defaultId;
  const out = options.out ?? DATASETS;
  const folder = join(out, id);
  const settings = {
    id,
    source: source.facts,
    vocabulary: options.vocabulary ?? DEFAULT_VOCABULARY,
    length: options.length ?? DEFAULT_LENGTH,
    ...(options.literals === undefined ? {} : { literals: options.literals }),
  };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([settings, await source.fingerprint(), await pipelineFingerprint()]))
    .digest('hex');

  const current = options.force === true ? null : await currentManifest(folder, fingerprint);
  if (current) {
    await offerDatasets(out);
    return { manifest: current, folder, upToDate: true };
  }

  const corpus = await lexCorpus(source.files(), options.onFile);
  const fresh = join(out, `.${id}.${process.pid}-${prepared++}.new`);
  await rm(fresh, { recursive: true, force: true }); // of a process that died and had the same number
  await mkdir(fresh, { recursive: true });
  try {
    const manifest = await buildDataset(corpus, settings, (file, bytes) => writeFile(join(fresh, file), bytes));
    await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest)}\n`);
    await writeFile(join(fresh, FINGERPRINT), `${fingerprint}\n`);
    await replaceFolder(folder, fresh);
    await offerDatasets(out);
    return { manifest, folder, upToDate: false };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The manifest in `folder` if it was made from the same and every shard is whole. */
async function currentManifest(folder: string, fingerprint: string): Promise<Manifest | null> {
  try {
    if ((await readFile(join(folder, FINGERPRINT), 'utf8')).trim() !== fingerprint) return null;
    const path = join(folder, 'manifest.json');
    const manifest = parseManifest(await readFile(path, 'utf8'), path);
    for (const shard of SPLITS.flatMap((split) => manifest.splits[split].shards)) {
      const hash = createHash('sha256').update(await readFile(join(folder, shard.file)));
      if (hash.digest('hex') !== shard.sha256) return null;
    }
    return manifest;
  } catch {
    return null; // missing or damaged, which is mended by preparing it again
  }
}

/** Puts `fresh` in the place of `folder`. A reader finds the old one or the new one, or for an instant none; never half. */
async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  await rm(old, { recursive: true, force: true });
  // Another process may prepare the same data set: what it put there in between is moved away, too.
  for (let attempt = 1; ; attempt++) {
    await rename(folder, old).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
    try {
      await rename(fresh, folder);
      break;
    } catch (error) {
      if (attempt === 5 || !(hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST'))) throw error;
      await rm(old, { recursive: true, force: true });
    }
  }
  await rm(old, { recursive: true, force: true });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Hash of the pipeline's own sources: a change of the lexer makes every data set stale, without a number to remember. */
async function pipelineFingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const part of PIPELINE) {
    const files = await readdir(join(ROOT, part), { recursive: true });
    for (const file of files.toSorted()) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      hash.update(file).update(await readFile(join(ROOT, part, file)));
    }
  }
  return hash.digest('hex');
}
