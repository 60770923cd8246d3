/** `hidden` holds the projected inputs, then the states. */
import { BACKWARD, FORWARD, type CellPrograms } from '../steps.ts';

export const rnn: CellPrograms = {
  forward: (activation) => ({
    ...FORWARD,
    bindings: [
      ['recurrent', 'read'],
      ['hidden', 'write'],
    ],
    accumulators: 1,
    start: (row, unit) => `hidden[(s * batch + ${row}) * WIDTH + ${unit}]`,
    functions: '',
    // WGSL's `max` may turn NaN into a number, which would hide that a training overflowed
    finish: (row, unit, preActivations) => `let z = ${preActivations[0]};
        hidden[(s * batch + ${row}) * WIDTH + ${unit}] = ${activation === 'tanh' ? 'tanh(z)' : 'select(z, V(0), z <= V(0))'};`,
  }),

  backward: (activation) => ({
    ...BACKWARD,
    bindings: [
      ['dy', 'read'],
      ['recurrent', 'read'],
      ['dz', 'write'],
      ['hidden', 'read'],
    ],
    source: 'dz',
    finish: (row, unit, [dh]) => `let at = (s * batch + ${row}) * WIDTH + ${unit};
        let h = hidden[at];
        dz[at] = ${dh} * ${activation === 'tanh' ? '(1.0 - h * h)' : 'select(V(0), V(1), h > V(0))'};`,
  }),
};
