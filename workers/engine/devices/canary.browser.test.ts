import { describe, expect, it } from 'vitest';
import { referenceOps } from '../ops/table.ts';
import { canaryValues, requireAgreement } from './canary.ts';
import { sharedDevice } from './shared.fixture.ts';

describe('the canary', () => {
  it('sings on every device of this browser', async () => {
    const reference = await sharedDevice('reference');
    const expected = await canaryValues(reference.ops);
    expect(expected.some((value) => value !== 0)).toBe(true);
    // openDevice itself refuses a webgpu device that disagrees.
    const webgpu = await sharedDevice('webgpu');
    requireAgreement('webgpu', await canaryValues(webgpu.ops), expected);
  });

  it('falls silent where gradients are zero, not a number, or missing', async () => {
    await sharedDevice('reference');
    const expected = await canaryValues(referenceOps);
    const zeroed = expected.map((value, index) => (index > 40 ? 0 : value));
    expect(() => requireAgreement('GPU', zeroed, expected)).toThrow(/GPU computes wrong results/);
    expect(() =>
      requireAgreement(
        'GPU',
        expected.map(() => Number.NaN),
        expected,
      ),
    ).toThrow(/computes wrong results/);
    expect(() => requireAgreement('GPU', expected.slice(1), expected)).toThrow(/computes wrong results/);
    expect(() => requireAgreement('GPU', expected, expected)).not.toThrow();
  });
});
