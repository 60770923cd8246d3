import { describe, expect, it } from 'vitest';
import { LabError } from '../../failure.ts';
import { itemsOf, memoryFiles } from '../corpus.fixture.ts';
import { parquetOf } from './archives.fixture.ts';
import { parquetSource, parquetUrls } from './parquet.ts';

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
      /train.parquet has the features id, path, text, but none called code/,
    );
    await expect(read({ 'train.parquet': parquetOf([['a', 'b']]) })).rejects.toThrow(
      /Row 1 of train.parquet is no list/,
    );
    expect(() => parquetSource(memoryFiles({ 'data.parquet': '' }))).toThrow(/does not say which part/);
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

  it.each(['', 'train.parquet', 'file:///etc/passwd', 'javascript:alert(1)'])('refuses %j', (text) => {
    expect(() => parquetUrls(text)).toThrow(/is no address of a Parquet file/);
  });
});
