/** Finds out what the user chose to import, before any of it is read. */
import type { ImportSource } from '#contract/lab.ts';
import { noteText, type Note } from '#core/data/notes.ts';
import { parquetUrls } from '#core/data/sources/parquetUrls.ts';
import { type DataSource, WHAT_TO_CHOOSE } from '#core/data/sources/source.ts';
import { fail } from '#core/failure.ts';
import { formatCounted } from '#core/format.ts';
import type { Gathered } from './gather.ts';
import { lazyImport } from '../../ui/lazyImport.ts';

export interface Recognised {
  readonly source: ImportSource;
  /** For the name's field. */
  readonly title: string;
  readonly id: string;
  /** `A folder of Python files`. */
  readonly kind: string;
  /** `22 files`. */
  readonly amount: string;
  /** Null where it is not known before reading. */
  readonly bytes: number | null;
  readonly passedOver: number;
  /** Folders and files that were left out on purpose, as far as they are known before reading. */
  readonly notes: readonly Note[];
  readonly hasTest: boolean;
  readonly licence: string;
}

const KINDS: Readonly<Record<string, string>> = {
  dir: 'A folder of Python files',
  zip: 'A .zip of Python files',
  tar: 'A tarball of Python files',
  archives: 'Several archives of Python files, read as one data set',
  codexglue: 'CodeXGLUE’s token files',
  parquet: 'Parquet files of tokens',
  py150: 'py150’s tarball',
};

/** @throws LabError `bad-input` where nothing in it can be read */
export async function recogniseFiles({ files, passedOver, notes, name }: Gathered): Promise<Recognised> {
  if (files.length === 0) fail('bad-input', nothingIn(name, notes), WHAT_TO_CHOOSE);
  // The readers of all formats come with it: they are not needed to look around.
  const reader = await lazyImport(() => import('#core/data/sources/recognise.ts'));
  const { source, used } = reader.recogniseFiles(files, notes);
  const found = source.notes ?? [];
  return {
    ...described(source),
    source: { from: 'files', files: used.map(({ path, blob }) => ({ path, blob })), notes: found },
    amount: formatCounted(used.length, 'file'),
    // a tarball is read twice, and has one size
    bytes: used.reduce((sum, { blob }) => sum + blob.size, 0),
    passedOver: passedOver + files.length - used.length,
    notes: found,
  };
}

function nothingIn(name: string, notes: readonly Note[]): string {
  return [`The lab found nothing that it can read in ${name}.`, ...notes.map((note) => `${noteText(note)}.`)].join(' ');
}

/** @throws LabError `bad-input` where the text holds no address, or one whose file does not say its part */
export async function recogniseAddresses(text: string): Promise<Recognised> {
  const { parquetUrlSource } = await lazyImport(() => import('#core/data/sources/parquet.ts'));
  const addresses = parquetUrls(text);
  const source = parquetUrlSource(addresses);
  return {
    ...described(source),
    source: { from: 'addresses', addresses },
    amount: `${formatCounted(addresses.length, 'file')} from ${hostsOf(addresses)}`,
    bytes: null,
    passedOver: 0,
    notes: source.notes ?? [],
  };
}

function described({
  facts,
  defaultId,
  parts = [],
}: DataSource): Pick<Recognised, 'title' | 'id' | 'kind' | 'hasTest' | 'licence'> {
  return {
    title: facts.title,
    id: defaultId,
    kind: KINDS[facts.kind] ?? facts.description,
    hasTest: parts.includes('test'),
    licence: facts.licence,
  };
}

function hostsOf(addresses: readonly string[]): string {
  return [...new Set(addresses.map((address) => new URL(address).host))].join(' and ');
}
