/**
 * One recurrent layer over all time steps, composed of stock ops, with its backward pass through time written out.
 *
 * RNN:  h_t = act(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)
 * LSTM: i, f, o = sigmoid(...), g = tanh(...);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
 * as in PyTorch's `nn.RNN` and `nn.LSTM`; backward as in Werbos, "Backpropagation through time" (1990).
 *
 * Everything that does not depend on the step before is taken out of the loop: the input product, the derivatives of
 * the gates, and the gradients of weights, bias and input, each one product or one elementwise op over all steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Activation, Cell } from '#core/models/registry.ts';
import type { RecurrentWeights } from '../contract.ts';
import { matMul } from '../matMul/reference.ts';

/** What the forward pass leaves for the backward one: all of it [steps, rows, hidden]. */
interface Trace {
  readonly hidden: tf.Tensor3D;
  /** LSTM only: gates after their non-linearity, cell states, and their tanh. */
  readonly gates?: Readonly<Record<'i' | 'f' | 'g' | 'o' | 'c' | 'tanhC', tf.Tensor3D>>;
}

export function recurrentLayer(
  input: tf.Tensor3D,
  weights: RecurrentWeights,
  cell: Cell,
  activation: Activation,
): tf.Tensor3D {
  const [steps, rows, width] = input.shape;
  const layer = tf.customGrad((...args) => {
    const [x, weightIh, weightHh, biasIh, biasHh] = args as unknown as Operands;
    const save = args[5] as unknown as tf.GradSaveFunc;
    const flat = tf.reshape<tf.Rank.R2>(x, [steps * rows, width]);
    const projected = tf.add(matMul(flat, weightIh, false, true), tf.add(biasIh, biasHh));
    const trace = forward(tf.reshape<tf.Rank.R3>(projected, [steps, rows, -1]), weightHh, cell, activation);
    const { i, f, g, o, c, tanhC } = trace.gates ?? {};
    save([x, weightIh, weightHh, trace.hidden, ...[i, f, g, o, c, tanhC].filter((tensor) => tensor !== undefined)]);

    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, weightIh, weightHh, hidden, ...gates] = saved as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor3D];
      const dz =
        cell === 'rnn'
          ? backwardRnn(dy as tf.Tensor3D, hidden, weightHh, activation)
          : backwardLstm(dy as tf.Tensor3D, gates as unknown as LstmTensors, weightHh);
      const flatX = tf.reshape<tf.Rank.R2>(x, [steps * rows, width]);
      const flatBefore = tf.reshape<tf.Rank.R2>(shiftLater(hidden), [steps * rows, hidden.shape[2]]);
      const bias = tf.sum(dz, 0);
      return [
        tf.reshape(matMul(dz, weightIh), [steps, rows, width]),
        matMul(dz, flatX, true),
        matMul(dz, flatBefore, true),
        bias,
        // A tensor of its own: one returned for two inputs may be disposed of under the second.
        tf.clone(bias),
      ];
    };
    return { value: trace.hidden, gradFunc };
  });
  return layer(input, weights.weightIh, weights.weightHh, weights.biasIh, weights.biasHh);
}

type Operands = [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
type LstmTensors = [i: tf.Tensor3D, f: tf.Tensor3D, g: tf.Tensor3D, o: tf.Tensor3D, c: tf.Tensor3D, tanhC: tf.Tensor3D];

/** @param projected [steps, rows, gates x hidden] input product and both biases */
function forward(projected: tf.Tensor3D, weightHh: tf.Tensor2D, cell: Cell, activation: Activation): Trace {
  const [steps, rows] = projected.shape;
  const hiddenWidth = weightHh.shape[1];
  const recurrent = tf.transpose(weightHh);
  const act = activation === 'relu' ? tf.relu : tf.tanh;
  let h = tf.zeros<tf.Rank.R2>([rows, hiddenWidth]);
  const hs: tf.Tensor2D[] = [];
  if (cell === 'rnn') {
    for (let t = 0; t < steps; t++) {
      h = tf.tidy(() => act(tf.add(stepOf(projected, t), tf.matMul(h, recurrent))));
      hs.push(h);
    }
    return { hidden: overTime(hs) };
  }

  let c = tf.zeros<tf.Rank.R2>([rows, hiddenWidth]);
  const kept: LstmStep[] = [];
  for (let t = 0; t < steps; t++) {
    const step = tf.tidy((): LstmStep => {
      const z = tf.add<tf.Tensor2D>(stepOf(projected, t), tf.matMul(h, recurrent));
      const [zi, zf, zg, zo] = tf.split(z, 4, 1) as Gates;
      const [i, f, g, o] = [tf.sigmoid(zi), tf.sigmoid(zf), tf.tanh(zg), tf.sigmoid(zo)];
      const cell = tf.add<tf.Tensor2D>(tf.mul(f, c), tf.mul(i, g));
      const tanhC = tf.tanh(cell);
      return { i, f, g, o, c: cell, tanhC, h: tf.mul(o, tanhC) };
    });
    kept.push(step);
    ({ h, c } = step);
  }
  const all = (name: keyof LstmStep) => overTime(kept.map((step) => step[name]));
  const [i, f, g, o, tanhC] = [all('i'), all('f'), all('g'), all('o'), all('tanhC')];
  return { hidden: all('h'), gates: { i, f, g, o, c: all('c'), tanhC } };
}

type Gates = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
/** A type alias, since `tf.tidy` takes no interface. */
type LstmStep = Readonly<Record<'i' | 'f' | 'g' | 'o' | 'c' | 'tanhC' | 'h', tf.Tensor2D>>;

/** Gradient of the pre-activations, [steps x rows, hidden]. */
function backwardRnn(dy: tf.Tensor3D, hidden: tf.Tensor3D, weightHh: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  const [steps, rows, width] = hidden.shape;
  const slope = activation === 'relu' ? tf.step(hidden) : tf.sub(1, tf.square(hidden));
  const dzs: tf.Tensor2D[] = [];
  let dh = tf.zeros<tf.Rank.R2>([rows, width]);
  for (let t = steps - 1; t >= 0; t--) {
    const dz = tf.tidy(() => tf.mul<tf.Tensor2D>(tf.add(stepOf(dy, t), dh), stepOf(slope as tf.Tensor3D, t)));
    const after = dh;
    dh = tf.matMul(dz, weightHh);
    after.dispose();
    dzs.push(dz);
  }
  return tf.reshape(overTime(dzs.toReversed()), [steps * rows, width]);
}

/** Gradient of the gates' pre-activations, [steps x rows, 4 x hidden]. */
function backwardLstm(dy: tf.Tensor3D, [i, f, g, o, c, tanhC]: LstmTensors, weightHh: tf.Tensor2D): tf.Tensor2D {
  const [steps, rows, width] = dy.shape;
  const slope = (s: tf.Tensor3D) => tf.mul(s, tf.sub(1, s));
  // d(pre-activation) over dc for i, f, g, and over dh for o.
  const gateFactors = tf.concat(
    [
      tf.mul(g, slope(i)),
      tf.mul(shiftLater(c), slope(f)),
      tf.mul(i, tf.sub(1, tf.square(g))),
      tf.mul(tanhC, slope(o)),
    ] as tf.Tensor3D[],
    2,
  );
  const cellFactor = tf.mul<tf.Tensor3D>(o, tf.sub(1, tf.square(tanhC)));
  const dzs: tf.Tensor2D[] = [];
  let dh = tf.zeros<tf.Rank.R2>([rows, width]);
  let dc = tf.zeros<tf.Rank.R2>([rows, width]);
  for (let t = steps - 1; t >= 0; t--) {
    const after = { dh, dc };
    const here = tf.tidy(() => {
      const dhHere = tf.add<tf.Tensor2D>(stepOf(dy, t), dh);
      const dcHere = tf.add<tf.Tensor2D>(dc, tf.mul(dhHere, stepOf(cellFactor, t)));
      const dz = tf.mul<tf.Tensor2D>(tf.concat([dcHere, dcHere, dcHere, dhHere], 1), stepOf(gateFactors, t));
      return { dz, dh: tf.matMul<tf.Tensor2D>(dz, weightHh), dc: tf.mul<tf.Tensor2D>(dcHere, stepOf(f, t)) };
    });
    ({ dh, dc } = here);
    tf.dispose(after);
    dzs.push(here.dz);
  }
  return tf.reshape(overTime(dzs.toReversed()), [steps * rows, 4 * width]);
}

/** Step t of a sequence, [rows, width]. */
function stepOf(sequence: tf.Tensor3D, t: number): tf.Tensor2D {
  const [, rows, width] = sequence.shape;
  return tf.reshape(tf.slice(sequence, [t, 0, 0], [1, rows, width]), [rows, width]);
}

/** The steps as one sequence; they are disposed of, since a long sequence would otherwise be held twice. */
function overTime(steps: tf.Tensor2D[]): tf.Tensor3D {
  const sequence = tf.stack(steps) as tf.Tensor3D;
  tf.dispose(steps);
  return sequence;
}

/** The value of the step before at each step, zeros at the first. */
function shiftLater(sequence: tf.Tensor3D): tf.Tensor3D {
  const [steps, rows, width] = sequence.shape;
  const first = tf.zeros<tf.Rank.R3>([1, rows, width]);
  return steps === 1 ? first : tf.concat([first, tf.slice(sequence, [0, 0, 0], [steps - 1, rows, width])], 0);
}
