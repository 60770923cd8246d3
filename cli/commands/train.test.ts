import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../lib/paths.ts';
import { PROCESS_TIMEOUT } from '../lib/timeouts.fixture.ts';

it.each([
  [
    ['--models', 'rnn,residual-lstm', '--layers', '1'],
    'A Residual LSTM model of one layer would be its baseline: there is no layer below the last one to connect. Set at least two layers, or leave the model out.\n',
  ],
  [
    ['--models', 'lstm', '--weight-tying', 'tied'],
    'The output layer of the LSTM model sees 512 values, and the embedding is 256 wide: one matrix cannot be both. Set the embedding size to 512, or weight tying to projected.\n',
  ],
])(
  'networks that make no sense are refused before anything is loaded: %j',
  (words, sentence) => {
    const options = { cwd: ROOT, encoding: 'utf8', timeout: PROCESS_TIMEOUT } as const;
    const { status, stdout, stderr } = spawnSync(
      'node',
      ['--import', 'tsx', 'cli/commands/train.ts', ...words],
      options,
    );
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: sentence });
  },
  PROCESS_TIMEOUT,
);
