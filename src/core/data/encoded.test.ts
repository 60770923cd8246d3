import { expect, it } from 'vitest';
import { encodedDataset, ENCODED_SHA256 } from './encoded.fixture.ts';

it('makes one data set of files in many encodings, in Node as in the page', async () => {
  const manifest = await encodedDataset();
  expect(manifest.skipped).toEqual([]);
  expect(manifest.counts.files).toBe(96);
  expect(manifest.vocabulary.tokens).toEqual(
    expect.arrayContaining(['あ', '햏', '뷁', '你', '가', 'é', 'я', '"<STR_LIT:〜＼~>"']),
  );
  expect(manifest.sha256).toBe(ENCODED_SHA256);
});
