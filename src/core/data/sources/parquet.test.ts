import { describe, expect, it } from 'vitest';
import { LabError } from '../../failure.ts';
import { itemsOf, memoryFiles } from '../corpus.fixture.ts';
import { NOTES } from '../notes.ts';
import { parquetOf } from './archives.fixture.ts';
import { parquetSource, parquetUrlSource } from './parquet.ts';
import { placeParquet } from './parquetFiles.ts';
import { parquetUrls } from './parquetUrls.ts';

const read = async (files: Record<string, Uint8Array>) => itemsOf(parquetSource(memoryFiles(files)));

describe('parquetSource', () => {
  it('keeps tokens with spaces, order, parts and empty rows', async () => {
    const items = await read({
      'test-00000-of-00001.parquet': parquetOf([['<s>', 't', '</s>']]),
      'train-00001-of-00002.parquet': parquetOf([['<s>', '</s>']]),
      'train-00000-of-00002.parquet': parquetOf([
        ['<s>', "'a b'", '<EOL>', 'é', '</s>'],
        ['<s>', 'x', '</s>'],
        ['<s>', 'y', '</s>'],
      ]),
    });
    expect(items.map((item) => [item.part, item.kind === 'tokens' ? item.tokens : null])).toEqual([
      ['train', ["'a b'", '<EOL>', 'é']],
      ['train', ['x']],
      ['train', ['y']],
      ['train', []],
      ['test', ['t']],
    ]);
  });

  it('says what is wrong with other Parquet', async () => {
    await expect(read({ 'train.parquet': parquetOf([['<s>', '</s>']], 'text') })).rejects.toThrow(
      /train.parquet has the columns id, path, text, but no column “code”/,
    );
    await expect(read({ 'train.parquet': parquetOf([['a', 'b']]) })).rejects.toThrow(
      /Row 1 of train.parquet is not a list/,
    );
    expect(() => parquetSource(memoryFiles({ 'data.parquet': '' }))).toThrow(/do not say which split/);
  });

  it('says so of a file that is cut off, empty, or none', async () => {
    const whole = parquetOf(Array.from({ length: 50 }, (_, i) => ['<s>', `x${i}`, '</s>']));
    for (const bytes of [
      whole.subarray(0, whole.length / 2),
      new Uint8Array(),
      new TextEncoder().encode('no Parquet at all'),
    ]) {
      await expect(read({ 'train.parquet': bytes })).rejects.toThrow(/train.parquet cannot be read as Parquet/);
    }
  });

  it('is held up by no changed byte', { timeout: 120_000 }, async () => {
    // words that come back are kept in a dictionary, and their numbers in runs
    const rows = Array.from({ length: 6 }, (_, i) => ['<s>', 'x', `y${i % 3}`, 'z', '</s>']);
    const whole = parquetOf(rows, 'code', 'UNCOMPRESSED');
    let slowest = 0;
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      // a length or count that goes on in the next byte; and as large as one byte tells
      bytes[at] = at % 2 === 0 ? 0xff : 0x7f;
      const begun = performance.now();
      await read({ 'train.parquet': bytes }).catch((error: unknown) => {
        if (!(error instanceof LabError)) throw error;
      });
      slowest = Math.max(slowest, performance.now() - begun);
    }
    expect(slowest).toBeLessThan(1_000);
  });
});

describe('Hugging Face’s own conversion', () => {
  const row = (token: string) => parquetOf([['<s>', token, '</s>']]);

  it('has the parts in the names of folders, and numbered shards in each', async () => {
    const items = await read({
      'set/python/test/0000.parquet': row('t'),
      'set/python/train/0001.parquet': row('b'),
      'set/python/train/0000.parquet': row('a'),
      'set/python/validation/0000.parquet': row('v'),
    });
    expect(items.map((item) => [item.part, item.path, item.kind === 'tokens' ? item.tokens[0] : null])).toEqual([
      ['train', 'train/0000.parquet:1', 'a'],
      ['train', 'train/0001.parquet:1', 'b'],
      ['dev', 'validation/0000.parquet:1', 'v'],
      ['test', 'test/0000.parquet:1', 't'],
    ]);
  });

  it('may be partial, and hold other languages: both are said', () => {
    const { files, notes } = placeParquet(
      [
        'java/test/0000.parquet',
        'java/train/0000.parquet',
        'python/test/0000.parquet',
        'python/partial-train/0000.parquet',
      ].map((path) => ({ path })),
    );
    expect(files.map(({ part, path }) => [part, path])).toEqual([
      ['train', 'python/partial-train/0000.parquet'],
      ['test', 'python/test/0000.parquet'],
    ]);
    expect(notes).toEqual([
      { what: NOTES.otherConfig, count: 2, example: 'java/test/0000.parquet' },
      { what: NOTES.partialPart, count: 1, example: 'python/partial-train/0000.parquet' },
    ]);
  });

  it('is refused where it cannot be told which of two files is meant', () => {
    const paths = ['java/train/0000.parquet', 'go/train/0000.parquet'].map((path) => ({ path }));
    expect(() => placeParquet(paths)).toThrow(/have the same name/);
  });

  it('has its parts in addresses, too', () => {
    const at = 'https://huggingface.co/datasets/google/code_x_glue_cc_code_completion_token';
    const urls = ['test', 'train'].map((part) => `${at}/resolve/refs%2Fconvert%2Fparquet/python/${part}/0000.parquet`);
    const java = `${at}/blob/refs%2Fconvert%2Fparquet/java/train/0000.parquet`;
    const source = parquetUrlSource(parquetUrls([...urls, urls[0], java].join(' ')));
    expect(source.facts.description).toBe('The Parquet files train/0000.parquet, test/0000.parquet.');
    expect(source.notes).toMatchObject([{ what: NOTES.otherConfig, count: 1 }]);
  });
});

describe('parquetUrls', () => {
  const page = 'https://huggingface.co/datasets/google/code_x_glue_cc_code_completion_token';

  it('takes addresses, pages of files, and the set’s own page', () => {
    expect(parquetUrls(' https://a.org/train.parquet, https://b.org/test.parquet')).toEqual([
      'https://a.org/train.parquet',
      'https://b.org/test.parquet',
    ]);
    expect(parquetUrls(`${page}/blob/main/python/test-00000-of-00001.parquet`)).toEqual([
      `${page}/resolve/main/python/test-00000-of-00001.parquet`,
    ]);
    expect(parquetUrls(`${page}/`)).toHaveLength(3);
  });

  it('says of a folder’s page what to paste instead', () => {
    expect(() => parquetUrls(`${page}/tree/refs%2Fconvert%2Fparquet/python/train`)).toThrow(/is the page of a folder/);
  });

  it.each(['', 'train.parquet', 'file:///etc/passwd', 'javascript:alert(1)'])('refuses %j', (text) => {
    expect(() => parquetUrls(text)).toThrow(/is not the URL of a Parquet file/);
  });
});
