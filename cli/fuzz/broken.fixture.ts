/** A thread with one broken reader for each fault that the fuzzer looks for, and a sound one. */
import { fail } from '#core/failure.ts';
import { readAll } from './reading.ts';
import type { Reader } from './readers.ts';

const FAULTS: Readonly<Record<string, () => unknown>> = {
  'throws what is no sentence': () => {
    throw new TypeError('x is undefined');
  },
  'blames itself': () => fail('internal', 'Something is wrong.', 'Please report it.'),
  'says nothing': () => fail('bad-input', '', 'Try again.'),
  'never answers': () => new Promise(() => undefined),
  'never comes back': () => {
    for (;;);
  },
  'rejects elsewhere': () => {
    void Promise.reject(new Error('nobody waits for this'));
    return new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  },
  'believes a size': () => new Uint8Array(2 ** 28),
  'fills the heap': () => {
    const lists: number[][] = [];
    for (;;) lists.push(Array.from({ length: 1_000 }, (_, i) => i / 3));
  },
};

const readers = Object.entries({ ...FAULTS, 'is sound': () => true }).map(([name, fault]): Reader => ({
  name,
  samples: () => Promise.resolve([Uint8Array.of(1)]),
  damage: (sample) => sample,
  read: fault,
}));

await readAll(readers);
