import { expect, it } from 'vitest';
import { LabError } from '#core/failure.ts';
import { unlessLost } from './unlessLost.ts';

const loss = new LabError({ kind: 'device-lost', what: 'The GPU was lost.', remedy: 'Go on.' });
const lostAfter = (milliseconds: number) => {
  const later = new Promise((resolve) => setTimeout(resolve, milliseconds));
  const lost = later.then((): never => {
    throw loss;
  });
  lost.catch(() => {});
  return { lost };
};
const NEVER = { lost: new Promise<never>(() => {}) };
const broken = () => Promise.reject(new DOMException('Buffer was unmapped before mapping was resolved.', 'AbortError'));

it('gives what the work comes to', async () => {
  expect(await unlessLost(NEVER, Promise.resolve(7))).toBe(7);
});

it('tells of the loss, whether it comes before or after what it breaks off', async () => {
  await expect(unlessLost(lostAfter(0), new Promise(() => {}))).rejects.toBe(loss);
  await expect(unlessLost(lostAfter(30), broken())).rejects.toBe(loss);
});

it('tells what went wrong where nothing was lost', async () => {
  await expect(unlessLost(NEVER, broken())).rejects.toThrow('unmapped');
  const stopped = new LabError({ kind: 'cancelled', what: 'Stopped.', remedy: '' });
  await expect(unlessLost(lostAfter(10), Promise.reject(stopped))).rejects.toBe(stopped);
});
