/**
 * `gates` [layers, steps, rows, 4 x hidden] hold the projected inputs, then i, f, g, o after their non-linearity, then their
 * gradients; `cells` as `hidden`; `carried` [layers, rows, hidden] goes from step to step: the gradient of the cells.
 */
import { BACKWARD, FORWARD, SIGMOID, type CellPrograms } from '../steps.ts';

export const lstm: CellPrograms = {
  forward: () => ({
    ...FORWARD,
    bindings: [
      ['recurrent', 'read'],
      ['hidden', 'write'],
      ['gates', 'write'],
      ['cells', 'write'],
    ],
    accumulators: 4,
    start: (row, unit, gate) => `gates[((s * batch + ${row}) * 4u + ${gate}u) * WIDTH + ${unit}]`,
    functions: SIGMOID,
    finish: (row, unit, preActivations) => `let at = (s * batch + ${row}) * WIDTH + ${unit};
        let gate = (s * batch + ${row}) * 4u * WIDTH + ${unit};
        let i = sigmoid(${preActivations[0]}); let f = sigmoid(${preActivations[1]}); let g = tanh(${preActivations[2]}); let o = sigmoid(${preActivations[3]});
        var now = i * g;
        if (t > 0u) { now = fma(f, cells[at - batch * WIDTH], now); }
        gates[gate] = i; gates[gate + WIDTH] = f; gates[gate + 2u * WIDTH] = g; gates[gate + 3u * WIDTH] = o;
        cells[at] = now;
        hidden[at] = o * tanh(now);`,
  }),

  backward: () => ({
    ...BACKWARD,
    bindings: [
      ['dy', 'read'],
      ['recurrent', 'read'],
      ['gates', 'write'],
      ['cells', 'read'],
      ['carried', 'write'],
    ],
    source: 'gates',
    finish: (row, unit, [dh]) => `let at = (s * batch + ${row}) * WIDTH + ${unit};
        let gate = (s * batch + ${row}) * 4u * WIDTH + ${unit};
        let i = gates[gate]; let f = gates[gate + WIDTH]; let g = gates[gate + 2u * WIDTH]; let o = gates[gate + 3u * WIDTH];
        var before = V(0);
        if (t > 0u) { before = cells[at - batch * WIDTH]; }
        let tanhC = tanh(cells[at]);
        let carry = (layer * batch + ${row}) * WIDTH + ${unit};
        var dc = ${dh} * o * (1.0 - tanhC * tanhC);
        if (t + 1u < steps) { dc += carried[carry]; }
        gates[gate] = dc * g * i * (1.0 - i);
        gates[gate + WIDTH] = dc * before * f * (1.0 - f);
        gates[gate + 2u * WIDTH] = dc * i * (1.0 - g * g);
        gates[gate + 3u * WIDTH] = ${dh} * tanhC * o * (1.0 - o);
        carried[carry] = dc * f;`,
  }),
};
