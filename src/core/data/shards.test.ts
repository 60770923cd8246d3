import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { decodeShard, encodeShard, rowsPerShard } from './shards.ts';

describe('shards', () => {
  it('come back as they went in, filled with PAD', () => {
    const bytes = encodeShard([[2, 3, 65_535], [4], []], 4);
    expect(decodeShard(bytes, 4).map((row) => [...row])).toEqual([
      [2, 3, 65_535, 0],
      [4, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('are little-endian', () => {
    expect([...encodeShard([[0x1234]], 2)]).toEqual([0x34, 0x12, 0, 0]);
  });

  it('are read at any offset of a larger buffer', () => {
    const bytes = encodeShard([[7, 8]], 2);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeShard(larger.subarray(3), 2).map((row) => [...row])).toEqual([[7, 8]]);
  });

  it('hold about 1 MiB, and at least a row', () => {
    expect(rowsPerShard(1_000)).toBe(524);
    expect(rowsPerShard(2)).toBe(262_144);
    expect(rowsPerShard(1_000_000)).toBe(1);
  });

  it('are refused where a row is cut off', () => {
    expect(() => decodeShard(new Uint8Array(7), 2)).toThrow(LabError);
  });
});
