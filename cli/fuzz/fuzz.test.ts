import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';
import { READERS } from './readers.ts';

/** Longer than a reader waits for its turn on a busy machine. */
const PATIENCE_MS = 5_000;
const INPUTS = 300;

describe('readers of what may come from anybody', { timeout: PROCESS_TIMEOUT }, () => {
  it.each(READERS.map(({ name }) => name))('%s: damaged input ends in a result or in a sentence', async (reader) => {
    const { faults, accepted, refused } = await fuzz({ reader, inputs: INPUTS, seed: 7, patience: PATIENCE_MS });
    expect(faults).toEqual([]);
    expect(accepted + refused).toBe(INPUTS);
    // a test in which every input is refused, or none, tests nothing
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the fuzzer', { timeout: PROCESS_TIMEOUT }, () => {
  const thread = new URL('./broken.fixture.ts', import.meta.url).href;
  const broken = (reader: string, patience = PATIENCE_MS, heapMb?: number) =>
    fuzz({ reader, inputs: 2, seed: 1, thread, patience, ...(heapMb === undefined ? {} : { heapMb }) });

  it.each([
    ['throws what is no sentence', 'crash', 'TypeError: x is undefined'],
    ['blames itself', 'crash', 'of kind internal'],
    ['says nothing', 'crash', 'without a sentence'],
    ['never answers', 'hang', 'it never answers'],
    ['rejects elsewhere', 'crash', 'nobody waits for this'],
  ])('finds one that %s', async (reader, kind, what) => {
    const { faults } = await broken(reader);
    expect(faults).toEqual([0, 1].map((index) => ({ kind, index, what: expect.stringContaining(what) })));
  });

  it('finds one that never comes back, after looking twice', async () => {
    const { faults } = await broken('never comes back', 500);
    expect(faults).toEqual([0, 1].map((index) => ({ kind: 'hang', index, what: 'not back after 500 ms' })));
  });

  it('finds one that believes a size', async () => {
    // only the first input is checked: during the second, the first one's memory may be freed, which hides the growth
    const { faults } = await broken('believes a size');
    expect(faults[0]?.what).toContain('it took 256 MiB for 1 bytes');
  });

  it('finds one that fills the heap', async () => {
    const { faults } = await broken('fills the heap', 60_000, 96);
    const what: unknown = expect.stringContaining('memory');
    expect(faults).toEqual([0, 1].map((index) => ({ kind: 'crash', index, what })));
  });

  it('lets a sound one be', async () => {
    expect(await broken('is sound')).toMatchObject({ accepted: 2, faults: [] });
  });
});
