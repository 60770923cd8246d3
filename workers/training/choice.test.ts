import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { LabError } from '#core/failure.ts';
import { MeasureSum } from '#core/metrics/measures.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { variantOfBetter } from './choice.ts';

const config = presetConfig('tiny', 10);
const wanted = { experiment: 'now', sha256: 'a', config };

function run(model: ModelName, bestLoss: number, change: Partial<RunRecord> = {}): RunRecord {
  const sum = new MeasureSum(new Set());
  sum.add([2], [bestLoss], [0]);
  const validation = sum.measures();
  const epoch = { seconds: 1, tokensPerSecond: 1, gradientNorm: { mean: 1, max: 1 }, train: validation };
  return {
    schema: 2,
    number: 1,
    id: `${model}-${bestLoss}`,
    experiment: 'now',
    model,
    parameters: 1,
    dataset: { id: 'd', sha256: 'a' },
    device: { kind: 'cpu', name: 'cpu' },
    config,
    state: 'done',
    createdAt: 0,
    epochs: [
      { ...epoch, epoch: 1, validation },
      { ...epoch, epoch: 2, validation: { ...validation, loss: bestLoss - 1 } },
    ],
    bestEpoch: 1,
    ended: 'epochs',
    test: validation,
    yardsticks: [],
    failure: null,
    ...change,
  };
}

describe('variantOfBetter', () => {
  it('takes the cell with the lower validation loss at its best epoch', () => {
    expect(variantOfBetter('residual', [run('rnn', 2), run('lstm', 3)], wanted)).toBe('residual-rnn');
    expect(variantOfBetter('residual', [run('rnn', 3), run('lstm', 2)], wanted)).toBe('residual-lstm');
  });

  it('prefers the baselines of its own experiment, and falls back to earlier ones', () => {
    const earlier = run('lstm', 1, { experiment: 'before' });
    expect(variantOfBetter('residual', [earlier, run('rnn', 2)], wanted)).toBe('residual-rnn');
    expect(variantOfBetter('residual', [earlier], wanted)).toBe('residual-lstm');
  });

  it('compares nothing that is not comparable, and says what to train', () => {
    const others = [
      run('lstm', 1, { dataset: { id: 'd', sha256: 'b' } }),
      run('lstm', 1, { config: { ...config, seed: 1 } }),
      run('lstm', 1, { state: 'stopped' }),
      run('residual-lstm', 1),
    ];
    expect(() => variantOfBetter('residual', others, wanted)).toThrow(LabError);
    expect(() => variantOfBetter('residual', others, wanted)).toThrow(/Train the RNN or the LSTM/);
  });
});
