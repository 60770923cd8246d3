/** Checks in the browser what `codecs.test.ts` and `encoded.test.ts` check in Node. */
import { describe, expect, it } from 'vitest';
import { encodedDataset, ENCODED_SHA256 } from '../../../data/encoded.fixture.ts';
import { digestOf } from './codes.fixture.ts';
import { DIGESTS } from './digests.fixture.ts';

describe('every code of every codec is what CPython 3.11 makes of it', () => {
  it.each([...new Set(DIGESTS.map(({ codec }) => codec))])('%s', async (codec) => {
    for (const { sha256, ...block } of DIGESTS.filter((block) => block.codec === codec)) {
      expect({ ...block, sha256: await digestOf(block) }).toEqual({ ...block, sha256 });
    }
  });
});

it('makes the data set that Node makes of files in many encodings', async () => {
  expect((await encodedDataset()).sha256).toBe(ENCODED_SHA256);
});
