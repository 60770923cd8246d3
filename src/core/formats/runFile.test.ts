import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { LabError } from '../failure.ts';
import { messageOf } from '../failure.ts';
import { streamFor } from '../random/stream.ts';
import { breakdownOf } from '../comparison/breakdowns.fixture.ts';
import { divergedRun, runOf } from '../report/runs.fixture.ts';
import { emptyLabel } from '../runs/runLabel.ts';
import { stepTable } from '../runs/stepTable.ts';
import { writeSafetensors } from '../models/safetensors.ts';
import { SMALL_CONFIG, weightsFileOf } from './weightsFile.fixture.ts';
import { packRun, unpackRun, type RunFile } from './runFile.ts';

const base = runOf('lstm', [[2, 0.7]], { id: 'run-1', number: 7 });
const run = { ...base, config: SMALL_CONFIG };
const label = {
  ...emptyLabel(run.id),
  name: 'mine',
  notes: 'Læs mig — “ja”',
  colour: '#0072b2',
  tags: ['paper', 'ja'],
};
const steps = stepTable(
  [1, 2, 4].map((step) => ({
    step,
    loss: 1 / step,
    gradientNorm: Math.PI,
    tokens: step * 2 ** 40,
    seconds: step / 3,
    layerNorms: step === 2 ? null : [1, 2, 3, step],
  })),
);
const weights = weightsFileOf('lstm');

const packed = async (file: RunFile) => new Blob([await packRun(file)]);

async function zipOf(parts: Readonly<Record<string, string | Uint8Array>>): Promise<Blob> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, part] of Object.entries(parts)) {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    await zip.add(name, new Uint8ArrayReader(bytes));
  }
  return new Blob([new Uint8Array(await zip.close())]);
}

describe('a run as a file', () => {
  it('comes back to the bit, with all its parts and without any', async () => {
    const whole = { run, label, steps, weights };
    expect(await unpackRun(await packed(whole))).toEqual({ ...whole, breakdown: undefined });
    const bare = await unpackRun(await packed({ run, label }));
    const without = { steps: undefined, breakdown: undefined, weights: undefined };
    expect(bare).toEqual({ run: { ...run, hasWeights: false }, label, ...without });
  });

  it('comes back with every figure that overflowed or is not a number', async () => {
    const diverged = { ...divergedRun('lstm', { id: run.id }), config: run.config };
    const table = stepTable([
      {
        step: 1,
        loss: Infinity,
        gradientNorm: Number.NaN,
        tokens: 2,
        seconds: 0,
        layerNorms: [Infinity, 1, -Infinity, 2],
      },
    ]);
    const breakdown = breakdownOf(0.5, { files: 2 });
    breakdown.overall.set([Infinity, Number.NaN], 1);
    const whole = { run: diverged, label, steps: table, breakdown, weights };
    expect(await unpackRun(await packed(whole))).toEqual(whole);
  });

  it('is at rest where it arrives, and not deleted', async () => {
    const file = await packed({ run: { ...run, state: 'training' }, label: { ...label, deletedAt: 5 } });
    const { run: arrived, label: theirs } = await unpackRun(file);
    expect(arrived.state).toBe('interrupted');
    expect(theirs.deletedAt).toBeNull();
  });

  const head = (change: object = {}) => JSON.stringify({ format: 'minicopilot-run', schema: 2, run, label, ...change });

  it.each<[string, () => Promise<Blob>, RegExp]>([
    ['no zip', async () => new Blob(['no']), /not a complete run/],
    ['nothing in it', () => zipOf({}), /it has no run\.json/],
    ['no JSON', () => zipOf({ 'run.json': '{' }), /run\.json is not JSON/],
    ['another format', () => zipOf({ 'run.json': '{"format":"x"}' }), /is not marked as a run/],
    ['a later version', () => zipOf({ 'run.json': head({ schema: 3 }) }), /format version 3; this lab reads version 2/],
    ['a bad record', () => zipOf({ 'run.json': head({ run: { ...run, epochs: 'many' } }) }), /run\.json is not a run/],
    ['bad steps', () => zipOf({ 'run.json': head(), 'steps.json': '{"step":[1]}' }), /steps\.json does not have/],
    [
      'steps of unlike lengths',
      () =>
        zipOf({
          'run.json': head(),
          'steps.json': JSON.stringify({
            step: [1],
            loss: [],
            gradientNorm: [],
            tokens: [],
            seconds: [],
            layerNorms: [],
          }),
        }),
      /steps of steps\.json are damaged/,
    ],
    ['bad weights', () => zipOf({ 'run.json': head(), 'weights.safetensors': 'none' }), /not a complete safetensors/],
    [
      'weights of another network',
      () =>
        zipOf({
          'run.json': head(),
          'weights.safetensors': weightsFileOf('rnn'),
        }),
      /no rnn\.weight_ih_l0 of shape \[16, 3\]/,
    ],
    [
      'weights without words',
      () => zipOf({ 'run.json': head(), 'weights.safetensors': writeSafetensors(new Map()) }),
      /does not name its vocabulary/,
    ],
  ])('with %s is refused in words', async (_, file, words) => {
    await expect(unpackRun(await file())).rejects.toThrow(words);
  });

  it('from before there were tags has none', async () => {
    const { tags: _, ...before } = label;
    expect((await unpackRun(await zipOf({ 'run.json': head({ label: before }) }))).label.tags).toEqual([]);
  });

  it('passes over what it does not know', async () => {
    const { run: read } = await unpackRun(await zipOf({ 'run.json': head(), 'notes/extra.txt': 'hello' }));
    expect(read.id).toBe(run.id);
  });

  it('never ends but in a run or a sentence, however it is damaged', async () => {
    const bytes = await packRun({ run, label, steps, weights });
    const random = streamFor(11, 'damage');
    for (let round = 0; round < 300; round++) {
      const damaged = bytes.slice(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length);
      for (let flips = 1 + random.below(4); flips > 0 && damaged.length > 0; flips--) {
        damaged[random.below(damaged.length)] = random.below(256);
      }
      const outcome = await unpackRun(new Blob([damaged])).then(
        (file) => file.run.id,
        (error: unknown) => (error instanceof LabError ? 'refused' : messageOf(error)),
      );
      expect(['run-1', 'refused'], `round ${round}`).toContain(outcome);
    }
  });
});
