import { chooseFrom, openLab, stateOf, trainBriefly } from './lab.ts';
import { expect, test } from './test.ts';

test('a model trains on WebGPU', async ({ page }) => {
  await openLab(page);
  await chooseFrom(page, 'Device', 'WebGPU');
  await trainBriefly(page);
  const [run] = Object.values((await stateOf(page)).runs);
  expect(run!.device.kind).toBe('webgpu');
  const [epoch] = run!.epochs;
  expect(epoch!.validation.loss).toBeLessThan(4); // an even guess over tiny's 202 tokens is 5.3
  expect(epoch!.gradientNorm.mean).toBeGreaterThan(0);
});
