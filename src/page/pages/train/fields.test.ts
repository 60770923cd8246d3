import { describe, expect, it } from 'vitest';
import { presetConfig, trainingConfigSchema } from '#core/settings/config.ts';
import { checkDraft, FIELD_GROUPS, isShown } from './fields.ts';

const quick = presetConfig('quick', 300);

describe('checkDraft', () => {
  it('puts what was typed over the preset and keeps its name', () => {
    const checked = checkDraft(quick, { hidden: 64, activation: 'relu' });
    expect(checked.config).toEqual({ ...quick, hidden: 64, activation: 'relu' });
    expect(checked.config?.preset).toBe('quick');
  });

  it('says in words what is out of bounds', () => {
    expect(checkDraft(quick, { batch: 0 }).errors).toEqual({ batch: 'At least 1.' });
    expect(checkDraft(quick, { dropout: 2 }).errors).toEqual({ dropout: 'At most 0.95.' });
    expect(checkDraft(quick, { learningRate: 0 }).errors).toEqual({ learningRate: 'More than 0.' });
    expect(checkDraft(quick, { hidden: 1.5 }).errors).toEqual({ hidden: 'A whole number.' });
    expect(checkDraft(quick, { seed: null }).errors).toEqual({ seed: 'A number.' });
  });

  it('has no configuration while a text is no number, and says what its field says', () => {
    const checked = checkDraft(quick, { learningRate: { text: '1,5', problem: 'write 1.5 or 15.' }, hidden: 64 });
    expect(checked).toEqual({ config: null, errors: { learningRate: 'write 1.5 or 15.' } });
  });

  it('takes an empty number of training files as all', () => {
    expect(checkDraft(presetConfig('tiny', 300), { trainFiles: null }).config?.trainFiles).toBeNull();
  });
});

describe('the form', () => {
  it('shows every setting of a configuration once, the seed apart from the groups', () => {
    const shown = ['seed', ...FIELD_GROUPS.flatMap(({ numbers, choices }) => [...numbers, ...choices])].toSorted();
    const all = Object.keys(trainingConfigSchema.shape).filter((name) => name !== 'preset');
    expect(shown).toEqual(all.toSorted());
  });

  it('hides a setting that changes nothing beside the others, unless it was changed', () => {
    expect(isShown('warmup', quick, {})).toBe(false);
    expect(isShown('warmup', quick, { schedule: 'cosine' })).toBe(true);
    expect(isShown('warmup', quick, { schedule: 'plateau' })).toBe(false);
    expect(isShown('warmup', quick, { warmup: 0.2 })).toBe(true);
    expect(isShown('hidden', quick, {})).toBe(true);
  });
});
