import { describe, expect, it } from 'vitest';
import { LabError } from '#core/failure.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { readSettings, SETTING_OPTIONS, settingArguments, settingsHelp } from './settings.ts';

describe('settings on the command line', () => {
  it('are all there, each in the help', () => {
    const flags = Object.keys(SETTING_OPTIONS);
    expect(flags).toHaveLength(SETTING_NAMES.length);
    const help = settingsHelp(25);
    expect(flags.filter((flag) => !help.includes(`  --${flag} `))).toEqual([]);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('are read, and written again', () => {
    const values = { 'learning-rate': '2e-3', 'train-files': 'all', activation: 'relu', seed: '7', out: 'x' };
    const settings = readSettings(values);
    expect(settings).toEqual({ seed: 7, activation: 'relu', learningRate: 0.002, trainFiles: null });
    expect(settingArguments(settings)).toEqual([
      '--seed 7',
      '--activation relu',
      '--learning-rate 0.002',
      '--train-files all',
    ]);
    expect(settingArguments({ forgetBias: -1 })).toEqual(['--forget-bias=-1']);
    expect(readSettings({})).toEqual({});
  });

  it.each([
    [{ epochs: '0' }, '--epochs 0 is not a whole number from 1 to 1000.'],
    [{ epochs: 'x' }, '--epochs x is not a whole number from 1 to 1000.'],
    [{ seed: '1.5' }, '--seed 1.5 is not a whole number from 0 to 4294967295.'],
    [{ 'learning-rate': '0' }, '--learning-rate 0 is not a number above 0 and up to 1.'],
    [{ activation: 'gelu' }, '--activation gelu is not tanh or relu.'],
    [{ hidden: 'all' }, '--hidden all is not a whole number from 1 to 2048.'],
  ])('are refused in a sentence: %j', (values, sentence) => {
    expect(() => readSettings(values)).toThrow(LabError);
    expect(() => readSettings(values)).toThrow(sentence);
  });
});
