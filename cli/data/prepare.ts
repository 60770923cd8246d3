/** Prepares a data set in a folder, unless it is up to date: manifest, shards, and the list of all data sets. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkOptions, DEFAULT_LENGTH, DEFAULT_VOCABULARY } from '#core/data/build.ts';
import { importDataset, type ImportProgress } from '#core/data/import.ts';
import { lexHere, type OpenLexing } from '#core/data/lexing.ts';
import type { Literals } from '#core/data/literals.ts';
import { type Manifest, parseManifest, shardsOf } from '#core/data/manifest.ts';
import type { DataSource } from '#core/data/sources/source.ts';
import { DATASETS, ROOT } from '../lib/paths.ts';
import { lexOnThreads } from './lexThreads.ts';
import { offerDatasets } from './offers.ts';
import { fingerprintFile, readFingerprint, requireReplaceable } from './replacing.ts';
import { openSource } from './sources.ts';

export interface PrepareOptions {
  /** As on the command line: `python-stdlib`, `dir:PATH`. */
  readonly source: string;
  readonly id?: string | undefined;
  readonly vocabulary?: number | undefined;
  readonly length?: number | undefined;
  readonly literals?: Literals | undefined;
  /** The folder that contains all data sets. */
  readonly out?: string | undefined;
  /** Prepares the data set even if it is up to date. */
  readonly force?: boolean | undefined;
  /** Replaces a data set of the same id that was made from something else. */
  readonly replace?: boolean | undefined;
  /** Keeps long files whole, as consecutive rows. */
  readonly whole?: boolean | undefined;
  /** Drops files that are identical to an earlier one. */
  readonly dropDuplicates?: boolean | undefined;
  /** Number of lexing threads. By default one per core, or a single one for a small source. */
  readonly threads?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface Prepared {
  readonly manifest: Manifest;
  readonly folder: string;
  /** Whether nothing had changed, so that nothing was written. */
  readonly upToDate: boolean;
}

/** The code that determines the contents of a data set. */
const PIPELINE = ['src/core/python/lexer', 'src/core/data', 'src/core/random', 'cli/data'];

/** Counts the calls, so that temporary folders of one process have different names. */
let prepared = 0;

/**
 * @throws LabError `bad-input` if the source contains no Python that can be lexed
 * @throws CommandError if the source does not exist, or the data set's folder contains something else
 */
export async function prepareDataset(options: PrepareOptions): Promise<Prepared> {
  const opened = await openSource(options.source);
  const { source } = opened;
  const id = options.id ?? source.defaultId;
  const out = options.out ?? DATASETS;
  const folder = join(out, id);
  const settings = {
    id,
    vocabulary: options.vocabulary ?? DEFAULT_VOCABULARY,
    length: options.length ?? DEFAULT_LENGTH,
    ...(options.literals === undefined ? {} : { literals: options.literals }),
    whole: options.whole ?? false,
    dropDuplicates: options.dropDuplicates ?? false,
  };
  checkOptions(settings);
  const content = await opened.fingerprint();
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([settings, source.facts, content, await pipelineFingerprint()]))
    .digest('hex');

  const current = options.force === true || content === null ? null : await currentManifest(folder, fingerprint);
  if (current) {
    await offerDatasets(out);
    return { manifest: current, folder, upToDate: true };
  }
  const { origin } = opened;
  await requireReplaceable(folder, { id, origin, facts: source.facts, replace: options.replace ?? false });

  const fresh = join(out, `.${id}.${process.pid}-${prepared++}.new`);
  await rm(fresh, { recursive: true, force: true }); // left by a crashed process with the same id
  await mkdir(fresh, { recursive: true });
  try {
    const manifest = await importDataset(
      source,
      { ...settings, openLexing: lexingFor(source, options.threads) },
      (file, bytes) => writeFile(join(fresh, file), bytes),
      options.onProgress,
    );
    await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest)}\n`);
    const { name, text } = fingerprintFile(fingerprint, origin);
    await writeFile(join(fresh, name), text);
    await replaceFolder(folder, fresh);
    await offerDatasets(out);
    return { manifest, folder, upToDate: false };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Below this number of bytes, starting threads takes longer than it saves. */
const WORTH_THREADS = 64 * 2 ** 20;

function lexingFor(source: DataSource, threads: number | undefined): OpenLexing {
  const count = threads ?? (source.bytes === null || source.bytes > WORTH_THREADS ? availableParallelism() : 1);
  return count > 1 ? lexOnThreads(count) : lexHere;
}

/** The manifest in `folder` if it has this fingerprint and every shard is intact. */
async function currentManifest(folder: string, fingerprint: string): Promise<Manifest | null> {
  try {
    if ((await readFingerprint(folder))?.content !== fingerprint) return null;
    const path = join(folder, 'manifest.json');
    const manifest = parseManifest(await readFile(path, 'utf8'), path);
    for (const shard of shardsOf(manifest)) {
      const hash = createHash('sha256').update(await readFile(join(folder, shard.file)));
      if (hash.digest('hex') !== shard.sha256) return null;
    }
    return manifest;
  } catch {
    return null; // missing or damaged; preparing the data set again repairs it
  }
}

/** Replaces `folder` by `fresh`. A reader sees the old folder, the new one, or for an instant none, but never a partial one. */
async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  await rm(old, { recursive: true, force: true });
  // Another process may prepare the same data set and create the folder in between. Then that one is moved away too.
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

/** Hash of the pipeline's sources. A change of the lexer makes every data set stale, without a version number to maintain. */
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
