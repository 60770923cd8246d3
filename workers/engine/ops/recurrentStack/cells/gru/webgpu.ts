/**
 * `gates` [layers, steps, rows, 4 x hidden] hold the projected inputs of r and z, the recurrent bias of n, and n's projected input;
 * then r, z, q (the recurrent part of n, before the reset gate) and n; then the gradients of the pre-activations of r and z, of q, and
 * of the pre-activation of n. `carried` [layers, rows, hidden] goes from step to step: what reaches a state past the gates.
 */
import { BACKWARD, FORWARD, SIGMOID, type CellPrograms } from '../steps.ts';

export const gru: CellPrograms = {
  forward: () => ({
    ...FORWARD,
    bindings: [
      ['recurrent', 'read'],
      ['hidden', 'write'],
      ['gates', 'write'],
    ],
    accumulators: 3,
    start: (row, unit, gate) => `gates[((s * batch + ${row}) * 4u + ${gate}u) * WIDTH + ${unit}]`,
    functions: SIGMOID,
    finish: (row, unit, [zr, zz, q]) => `let at = (s * batch + ${row}) * WIDTH + ${unit};
        let gate = (s * batch + ${row}) * 4u * WIDTH + ${unit};
        let r = sigmoid(${zr}); let z = sigmoid(${zz}); let n = tanh(fma(r, ${q}, gates[gate + 3u * WIDTH]));
        var before = V(0);
        if (t > 0u) { before = hidden[at - batch * WIDTH]; }
        gates[gate] = r; gates[gate + WIDTH] = z; gates[gate + 2u * WIDTH] = ${q}; gates[gate + 3u * WIDTH] = n;
        hidden[at] = fma(z, before - n, n);`,
  }),

  backward: () => ({
    ...BACKWARD,
    bindings: [
      ['dy', 'read'],
      ['recurrent', 'read'],
      ['gates', 'write'],
      ['hidden', 'read'],
      ['carried', 'write'],
    ],
    source: 'gates',
    finish: (row, unit, [sum]) => `let at = (s * batch + ${row}) * WIDTH + ${unit};
        let gate = (s * batch + ${row}) * 4u * WIDTH + ${unit};
        let r = gates[gate]; let z = gates[gate + WIDTH]; let q = gates[gate + 2u * WIDTH]; let n = gates[gate + 3u * WIDTH];
        var before = V(0);
        if (t > 0u) { before = hidden[at - batch * WIDTH]; }
        let carry = (layer * batch + ${row}) * WIDTH + ${unit};
        var dh = ${sum};
        if (t + 1u < steps) { dh += carried[carry]; }
        let dn = dh * (1.0 - z) * (1.0 - n * n);
        gates[gate] = dn * q * r * (1.0 - r);
        gates[gate + WIDTH] = dh * (before - n) * z * (1.0 - z);
        gates[gate + 2u * WIDTH] = dn * r;
        gates[gate + 3u * WIDTH] = dn;
        carried[carry] = dh * z;`,
  }),
};
