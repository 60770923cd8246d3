import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { writeSafetensors } from '#core/models/safetensors.ts';
import { readModelFile } from './modelFile.ts';

function weightsWith(dataset: Readonly<Record<string, string>>): Uint8Array {
  return writeSafetensors(new Map(), {
    config: JSON.stringify({ model: 'rnn', ...presetConfig('tiny', 10) }),
    vocabulary: '["x"]',
    literals: '{"str":[],"num":[]}',
    dataset: JSON.stringify({ id: 'some', sha256: 'ab'.repeat(32), rules: 'codexglue-2021', ...dataset }),
  });
}

describe('readModelFile', () => {
  it('takes from weights how the files of their data set were read', () => {
    expect(readModelFile(weightsWith({ reading: 'text' })).reading).toBe('text');
    expect(readModelFile(weightsWith({ reading: 'utf8-text' })).reading).toBe('utf8-text');
  });

  it('takes weights that do not say it for those of an older lab, which read bytes', () => {
    expect(readModelFile(weightsWith({})).reading).toBe('bytes');
  });
});
