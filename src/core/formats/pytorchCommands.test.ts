import { expect, it } from 'vitest';
import { presetConfig } from '../settings/config.ts';
import { pytorchCommands } from './pytorchCommands.ts';

const preset = presetConfig('task', 300);

it('names the preset and what differs from it, in each command that trains', () => {
  const config = { ...preset, seed: 7, learningRate: 0.002, trainFiles: 100 };
  const commands = pytorchCommands({ datasetId: 'python-stdlib', models: ['lstm', 'residual'], config, preset });
  const training =
    '-m minicopilot.train --dataset python-stdlib --models lstm,residual --preset task --seed 7 --learning-rate 0.002 --train-files 100 --out results';
  expect(commands.map(({ text }) => text)).toEqual([
    'pip install -e pytorch',
    `python ${training}`,
    `torchrun --standalone --nproc_per_node 4 ${training}`,
    `torchrun --nnodes 2 --nproc_per_node 4 --rdzv_backend c10d --rdzv_endpoint HOST:29500 ${training}`,
  ]);
});

it('adds nothing to a preset that is as it was', () => {
  const [, one] = pytorchCommands({ datasetId: 'mine', models: ['rnn'], config: preset, preset });
  expect(one?.text).toBe('python -m minicopilot.train --dataset mine --models rnn --preset task --out results');
});
