import { describe, expect, it } from 'vitest';
import { findTorch, slowBlas, timeTorch, timeTorchCompletion } from './pytorch.ts';
import { FULL, modelWork } from './trainLab.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';

const torch = await findTorch();

describe('PyTorch as a peer', { timeout: PROCESS_TIMEOUT }, () => {
  it('is left out where no interpreter has it', async () => {
    expect(await findTorch(['no-such-python', process.execPath])).toBeNull();
  });

  it('is said to be slow with the reference BLAS alone', () => {
    const python = '/usr/bin/python3';
    expect(slowBlas({ python, version: '1.13.1', blas: 'libblas.so.3.11.0' })).toContain('libopenblas0-pthread');
    expect(slowBlas({ python, version: '1.13.1', blas: 'libopenblasp-r0.3.21.so' })).toBeNull();
    expect(slowBlas({ python, version: '1.13.1', blas: null })).toBeNull();
  });

  it.skipIf(torch === null)('gives the seconds of each timed step', async () => {
    const config = { ...FULL, embedding: 16, hidden: 16, vocabulary: 30, batch: 2, length: 5 };
    const work = { ...modelWork('lstm', config), timed: 3 };
    const { seconds, threads } = await timeTorch(torch!, work, 2, 1);
    expect(seconds).toHaveLength(3);
    expect(seconds.every((value) => value > 0)).toBe(true);
    expect(threads).toBeGreaterThan(0);
  });

  it.skipIf(torch === null)('gives the seconds of each token that is typed', async () => {
    const { spec } = modelWork('lstm', { ...FULL, embedding: 16, hidden: 16, vocabulary: 30 });
    const { seconds, read, threads } = await timeTorchCompletion(torch!, spec, 20, 4, 1);
    expect(seconds).toHaveLength(4);
    expect([read, ...seconds].every((value) => value > 0)).toBe(true);
    expect(threads).toBe(1);
  });
});
