import { describe, expect, it } from 'vitest';
import { digestOf } from './codes.fixture.ts';
import { DIGESTS } from './digests.fixture.ts';

const codecs = [...new Set(DIGESTS.map(({ codec }) => codec))];

describe('every code of every codec is what CPython 3.11 makes of it', () => {
  it.each(codecs)('%s', { timeout: 60_000 }, async (codec) => {
    for (const { sha256, ...block } of DIGESTS.filter((block) => block.codec === codec)) {
      expect({ ...block, sha256: await digestOf(block) }).toEqual({ ...block, sha256 });
    }
  });
});
