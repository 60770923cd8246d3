/**
 * The Hugging Face set `google/code_x_glue_cc_code_completion_token`, config `python`: Parquet files with the features
 * id, path and code, a list of tokens from `<s>` to `</s>`. A token can contain a space, so tokens are never joined.
 */
import {
  asyncBufferFromUrl,
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { z } from 'zod';
import { fail, LabError, messageOf } from '../../failure.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { END_TOKEN, START_TOKEN } from '../../python/specialTokens.ts';
import { CODEXGLUE_LICENCE } from './codexglue.ts';
import type { Note } from '../notes.ts';
import { placeParquet } from './parquetFiles.ts';
import { pathOfUrl } from './parquetUrls.ts';
import { type Levels, requireSoundPages, UNPACK } from './parquetPages.ts';
import { type DataSource, type NamedBlob, type Part, type Reading, type SourceItem } from './source.ts';
import { endOfStruct } from './thrift.ts';

/** Tokens to hold as strings at a time. The set's own row groups have about a million. */
const MAX_TOKENS_AT_ONCE = 4_000_000;

const MAX_TOKENS_A_BYTE = 100;

/** Behind the metadata: their length, and four letters. */
const TRAILER_BYTES = 8;
/** Features, and the levels of their lists. */
const MAX_SCHEMA_ELEMENTS = 1_000;

const REMEDY =
  'It must have the columns of google/code_x_glue_cc_code_completion_token: id, path, and code, a list of strings.';

const rowSchema = z.object({ code: z.array(z.string()) });

interface ParquetFile {
  readonly name: string;
  readonly part: Part;
  readonly bytes: number | null;
  open(): Promise<AsyncBuffer>;
}

/** Parquet files on disk. @param notes what was left out @throws LabError `bad-input` where it cannot be told which parts they hold */
export function parquetSource(blobs: readonly NamedBlob[], notes: readonly Note[] = []): DataSource {
  const { files, notes: found } = placeParquet(blobs);
  return sourceOf(
    files.map(({ name, part, blob }) => ({
      name,
      part,
      bytes: blob.size,
      open: () =>
        Promise.resolve({
          byteLength: blob.size,
          slice: (start: number, end?: number) => blob.slice(start, end ?? blob.size).arrayBuffer(),
        }),
    })),
    [...notes, ...found],
  );
}

/** Remote Parquet files, read by range requests for the needed parts only. @param urls as `parquetUrls` of `parquetUrls.ts` gives them */
export function parquetUrlSource(urls: readonly string[]): DataSource {
  const { files, notes } = placeParquet(urls.map((url) => ({ url, path: pathOfUrl(url) })));
  return sourceOf(
    files.map(({ name, part, url }) => ({
      name,
      part,
      bytes: null,
      open: async () => {
        try {
          return await asyncBufferFromUrl({ url });
        } catch (cause) {
          fail(
            'network',
            `${url} cannot be read: ${messageOf(cause)}.`,
            'Check the URL and the connection. A page can only load https:// URLs, and servers on this computer.',
            cause,
          );
        }
      },
    })),
    notes,
  );
}

function sourceOf(files: readonly ParquetFile[], notes: readonly Note[]): DataSource {
  return {
    facts: {
      kind: 'parquet',
      title: 'CodeXGLUE py150 (Hugging Face)',
      description: `The Parquet files ${files.map(({ name }) => name).join(', ')}.`,
      licence: CODEXGLUE_LICENCE,
    },
    defaultId: 'codexglue-parquet',
    parts: [...new Set(files.map(({ part }) => part))],
    notes,
    bytes: files.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0),
    order: 'given',
    reading: 'utf8-text',
    keepsFailed: true,
    async *read(reading) {
      for (const file of files) yield* rowsOf(file, reading);
    },
  };
}

async function* rowsOf(file: ParquetFile, { signal, onBytes }: Reading): AsyncGenerator<SourceItem> {
  const { name, part } = file;
  const buffer = await file.open();
  const counted: AsyncBuffer = {
    byteLength: buffer.byteLength,
    slice: async (start, end) => {
      const bytes = await buffer.slice(start, end);
      onBytes(bytes.byteLength);
      return bytes;
    },
  };
  const { metadata, levels } = await plainly(name, async () => {
    const metadata = await metadataOf(counted);
    return { metadata, levels: levelsOf(metadata, name) };
  });
  requirePlausible(metadata, buffer.byteLength, name);
  let row = 0;
  for (const group of metadata.row_groups) {
    const end = row + Number(group.num_rows);
    const step = rowsAtOnce(group);
    const column = await plainly(name, () => soundColumn(counted, group, levels));
    for (let rowStart = row; rowStart < end; rowStart += step) {
      signal.throwIfAborted();
      const rowEnd = Math.min(rowStart + step, end);
      const read = { file: column, metadata, compressors: UNPACK, columns: ['code'], rowStart, rowEnd };
      const rows = await plainly(name, () => parquetReadObjects(read));
      for (const [i, value] of rows.entries()) {
        const path = `${name}:${rowStart + i + 1}`;
        yield { kind: 'tokens', path, part, tokens: tokensOf(value, `Row ${rowStart + i + 1} of ${name}`) };
      }
    }
    row = end;
  }
}

/** Rows of a group to decode at once: all of them, unless it has so many tokens that their strings would fill the memory. */
function rowsAtOnce(group: RowGroup): number {
  const values = Math.max(...group.columns.map(({ meta_data }) => Number(meta_data?.num_values ?? 0)));
  const rows = Number(group.num_rows);
  return Math.max(1, Math.ceil(rows / Math.ceil(Math.max(1, values) / MAX_TOKENS_AT_ONCE)));
}

/** What stands between `<s>` and `</s>`. */
function tokensOf(value: unknown, where: string): readonly string[] {
  const parsed = rowSchema.safeParse(value);
  const code = parsed.success ? parsed.data.code : [];
  if (code[0] !== START_TOKEN || code.at(-1) !== END_TOKEN || code.length < 2) {
    fail('bad-input', `${where} is not a list of tokens that begins with <s> and ends with </s>.`, REMEDY);
  }
  return code.slice(1, -1);
}

/** The file's metadata, which lie at its end. */
async function metadataOf(file: AsyncBuffer): Promise<FileMetaData> {
  const { byteLength } = file;
  const trailer = new DataView(await file.slice(Math.max(0, byteLength - TRAILER_BYTES), byteLength));
  if (trailer.byteLength < TRAILER_BYTES) throw new Error('it is too short');
  const footerBytes = trailer.getUint32(0, true) + TRAILER_BYTES;
  if (footerBytes > byteLength) throw new Error('it is truncated, or not a Parquet file');
  const footer = new Uint8Array(await file.slice(byteLength - footerBytes, byteLength));
  endOfStruct(footer, 0);
  return parquetMetadata(footer);
}

/** Repetition and definition levels of the tokens' column. @throws LabError `bad-input` if there is none, or it is not a list of texts */
function levelsOf(metadata: FileMetaData, name: string): Levels {
  if (metadata.schema.length > MAX_SCHEMA_ELEMENTS) throw new Error('it has too many columns');
  const { children } = parquetSchema(metadata);
  const code = children.find(({ element }) => element.name === 'code');
  if (!code) {
    const has =
      children.length === 0 ? 'no columns' : `the columns ${children.map(({ element }) => element.name).join(', ')}`;
    fail('bad-input', `${name} has ${has}, but no column “code”.`, REMEDY);
  }
  const path: SchemaTree[] = [];
  for (let at: SchemaTree | undefined = code; at; at = at.children[0]) {
    path.push(at);
    if (at.children.length > 1) fail('bad-input', `The column “code” of ${name} is not a list of strings.`, REMEDY);
  }
  if (path.at(-1)?.element.type !== 'BYTE_ARRAY') {
    fail('bad-input', `The column “code” of ${name} is not a list of strings.`, REMEDY);
  }
  const types = path.map(({ element }) => element.repetition_type);
  return {
    repetition: types.filter((type) => type === 'REPEATED').length,
    definition: types.filter((type) => type !== 'REQUIRED').length,
  };
}

/** The tokens' column of a row group, read once and checked, as a file that has nothing else. */
async function soundColumn(file: AsyncBuffer, group: RowGroup, levels: Levels): Promise<AsyncBuffer> {
  const own = group.columns.flatMap(({ meta_data: column }) => (column?.path_in_schema[0] === 'code' ? [column] : []));
  const [column, ...more] = own;
  if (!column || more.length > 0) throw new Error('a row group does not have exactly one column of tokens');
  const [start, end] = byteRange(column);
  if (!(start >= 0 && start <= end && end <= file.byteLength)) throw new Error('a column lies outside the file');
  const chunk = await file.slice(start, end);
  requireSoundPages(new Uint8Array(chunk), column, levels);
  return {
    byteLength: file.byteLength,
    slice: (from, to = end) => {
      if (from < start || to > end) throw new Error('its pages lie outside their column');
      return chunk.slice(from - start, to - start);
    },
  };
}

function byteRange(column: ColumnMetaData): [start: number, end: number] {
  // a dictionary, where there is one, comes first
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  return [start, start + Number(column.total_compressed_size)];
}

/**
 * Refuses metadata that promise more than the bytes can hold, which the reader would take at its word.
 * Tokens take half a byte each in the set's own files.
 */
function requirePlausible(metadata: FileMetaData, bytes: number, name: string): void {
  for (const group of metadata.row_groups) {
    const values = Math.max(0, ...group.columns.map(({ meta_data }) => Number(meta_data?.num_values ?? 0)));
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && rows <= values && values <= MAX_TOKENS_A_BYTE * bytes)) {
      fail(
        'bad-input',
        `${name} is damaged: it claims ${formatCount(rows)} rows with ${formatCount(values)} tokens in ${formatBytes(bytes)}.`,
        'Download it again.',
      );
    }
  }
}

async function plainly<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    fail(
      'bad-input',
      `${name} cannot be read as Parquet: ${messageOf(cause).replace(/\.$/, '')}.`,
      'It may be incomplete: download it again.',
      cause,
    );
  }
}
