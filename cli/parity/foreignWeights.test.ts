/** Weights saved by PyTorch, of networks that are built and named as in other projects. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recogniseWeights } from '#core/formats/foreignWeights.ts';
import { readSafetensors } from '#core/models/safetensors.ts';
import { findTorch } from '../bench/pytorch.ts';
import { ROOT } from '../lib/paths.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';

const torch = await findTorch();

describe.skipIf(torch === null)('weights that PyTorch saved', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-foreign-'));
    await promisify(execFile)(torch!.python, [join(ROOT, 'pytorch', 'tests', 'make_foreign.py'), folder]);
  }, PROCESS_TIMEOUT);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string) => readSafetensors(await readFile(join(folder, `${name}.safetensors`)));
  const BESIDE = ['num_batches', 'mask'];

  it.each([
    'lstm-F32',
    'lstm-F64',
    'lstm-F16',
    'lstm-BF16',
    'rnn',
    'gru',
    'no-biases',
    'tied',
    'tied-once',
    'tied-output',
    'tied-projected',
    'one-layer',
    'three-layers',
    'four-modules',
    'numbers',
    'sizes',
    'cells',
  ])('are read: %s', async (name) => {
    const { weights, undecided, ignored } = recogniseWeights(await read(name));
    expect(undecided).toBeNull();
    expect(ignored.map((tensor) => tensor.name)).toEqual(BESIDE);
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries((await read(`${name}.lab`)).tensors));
  });

  it('are read in the order that the user says', async () => {
    const file = await read('asked');
    expect(recogniseWeights(file).undecided?.map(({ name }) => name)).toEqual(['encoder', 'decoder']);
    const { weights } = recogniseWeights(file, ['encoder', 'decoder']);
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries((await read('asked.lab')).tensors));
  });

  it.each([
    ['bidirectional', 'This is a bidirectional LSTM with 2 layers;'],
    ['five-layers', 'This is an RNN with 5 layers;'],
    ['projection', 'This is an LSTM with 2 layers and projections to 4 (proj_size);'],
  ])('are refused by the name of the network: %s', async (name, what) => {
    const file = await read(name);
    expect(() => recogniseWeights(file)).toThrow(what);
  });
});
