/** What it is that a person brought, before anything of it is read. */
import type { ImportSource } from '../../../workers/protocol.ts';
import type { DataSource } from '../../core/dataset/sources/source.ts';
import { fail } from '../../core/failure.ts';
import { formatCounted } from '../../core/format.ts';
import type { Gathered } from './gather.ts';
import { loadPart } from '../../lab/part.ts';

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
  /** It comes with a test part of its own. */
  readonly published: boolean;
  readonly licence: string;
}

const KINDS: Readonly<Record<string, string>> = {
  dir: 'A folder of Python files',
  zip: 'A .zip of Python files',
  codexglue: 'CodeXGLUE’s own token files',
  parquet: 'Parquet files of tokens',
  py150: 'py150’s tarball',
};
const PUBLISHED: readonly string[] = ['codexglue', 'parquet', 'py150'];

export const WHAT_TO_BRING =
  'Choose a folder or a .zip with .py files, CodeXGLUE’s train.txt and its siblings, Parquet files, or py150_files.tar.gz.';

/** @throws LabError `bad-input` where nothing in it can be read */
export async function recogniseFiles({ files, passedOver, name }: Gathered): Promise<Recognised> {
  if (files.length === 0) fail('bad-input', `There is nothing in ${name} that the lab can read.`, WHAT_TO_BRING);
  // The readers of all formats come with it: they are not needed to look around.
  const { recogniseSource } = await loadPart(() => import('../../core/dataset/sources/recognise.ts'));
  const source = recogniseSource([...files]);
  const used = files.filter(({ path }) => belongsTo(source.facts.kind, path));
  return {
    ...described(source),
    source: { from: 'files', files: used },
    amount: formatCounted(used.length, 'file'),
    bytes: source.facts.kind === 'py150' ? (used[0]?.blob.size ?? null) : source.bytes,
    passedOver: passedOver + files.length - used.length,
  };
}

/** @throws LabError `bad-input` where the text holds no address, or one whose file does not say its part */
export async function recogniseAddresses(text: string): Promise<Recognised> {
  const { parquetUrls, parquetUrlSource } = await loadPart(() => import('../../core/dataset/sources/parquet.ts'));
  const addresses = parquetUrls(text);
  const source = parquetUrlSource(addresses);
  return {
    ...described(source),
    source: { from: 'addresses', addresses },
    amount: `${formatCounted(addresses.length, 'file')} from ${hostsOf(addresses)}`,
    bytes: null,
    passedOver: 0,
  };
}

function described({
  facts,
  defaultId,
}: DataSource): Pick<Recognised, 'title' | 'id' | 'kind' | 'published' | 'licence'> {
  return {
    title: facts.title,
    id: defaultId,
    kind: KINDS[facts.kind] ?? facts.description,
    published: PUBLISHED.includes(facts.kind),
    licence: facts.licence,
  };
}

/** Of files of several kinds, those of the kind that was recognised. */
function belongsTo(kind: string, path: string): boolean {
  if (kind === 'dir') return /\.py$/i.test(path);
  if (kind === 'parquet') return /\.parquet$/i.test(path);
  return true;
}

function hostsOf(addresses: readonly string[]): string {
  return [...new Set(addresses.map((address) => new URL(address).host))].join(' and ');
}
