/**
 * r, z = sigmoid(...), n = tanh(W_in x + b_in + r (W_hn h_{t-1} + b_hn)), h_t = (1 - z) n + z h_{t-1}, as in PyTorch's `nn.GRU`: the
 * reset gate is applied to the recurrent product with its bias.
 */
import * as tf from '@tensorflow/tfjs-core';
import { overTime, shiftLater, stepOf } from '../../sequences.ts';
import type { CellReference } from '../reference.ts';

type Gates = [r: tf.Tensor2D, z: tf.Tensor2D, n: tf.Tensor2D];
/** A type alias, since `tf.tidy` takes no interface. `q` is the recurrent part of n, before the reset gate. */
type Step = Readonly<Record<'r' | 'z' | 'q' | 'n' | 'h', tf.Tensor2D>>;
type Saved = [r: tf.Tensor3D, z: tf.Tensor3D, q: tf.Tensor3D, n: tf.Tensor3D];

export const gru: CellReference = {
  forward({ projected, weightHh, biasHh }) {
    const [steps, rows] = projected.shape;
    const recurrent = tf.transpose(weightHh);
    let h = tf.zeros<tf.Rank.R2>([rows, weightHh.shape[1]]);
    const kept: Step[] = [];
    for (let t = 0; t < steps; t++) {
      const step = tf.tidy((): Step => {
        const [xr, xz, xn] = tf.split(stepOf(projected, t), 3, 1) as Gates;
        const [hr, hz, q] = tf.split(tf.add<tf.Tensor2D>(tf.matMul(h, recurrent), biasHh), 3, 1) as Gates;
        const [r, z] = [tf.sigmoid(tf.add<tf.Tensor2D>(xr, hr)), tf.sigmoid(tf.add<tf.Tensor2D>(xz, hz))];
        const n = tf.tanh(tf.add<tf.Tensor2D>(xn, tf.mul(r, q)));
        return { r, z, q: tf.clone(q), n, h: tf.add(n, tf.mul(z, tf.sub(h, n))) };
      });
      kept.push(step);
      ({ h } = step);
    }
    const all = (name: keyof Step) => overTime(kept.map((step) => step[name]));
    const [r, z, q, n] = [all('r'), all('z'), all('q'), all('n')];
    return { hidden: all('h'), saved: [r, z, q, n] };
  },

  backward({ dy, hidden, saved, weightHh }) {
    const [r, z, q, n] = saved as Saved;
    const [steps, rows, width] = dy.shape;
    const slope = (s: tf.Tensor3D) => tf.mul<tf.Tensor3D>(s, tf.sub(1, s));
    // d(pre-activation) over dh.
    const ofN = tf.mul<tf.Tensor3D>(tf.sub(1, z), tf.sub(1, tf.square(n)));
    const ofZ = tf.mul<tf.Tensor3D>(tf.sub(shiftLater(hidden), n), slope(z));
    const ofR = tf.mul<tf.Tensor3D>(ofN, tf.mul(q, slope(r)));
    const recurrentFactors = tf.concat([ofR, ofZ, tf.mul<tf.Tensor3D>(ofN, r)], 2);
    const inputs: tf.Tensor2D[] = [];
    const recurrents: tf.Tensor2D[] = [];
    const inputFactors = tf.concat([ofR, ofZ, ofN], 2);
    let dh = tf.zeros<tf.Rank.R2>([rows, width]);
    for (let t = steps - 1; t >= 0; t--) {
      const after = dh;
      const here = tf.tidy(() => {
        const dhHere = tf.add<tf.Tensor2D>(stepOf(dy, t), dh);
        const thrice = tf.concat([dhHere, dhHere, dhHere], 1);
        const recurrent = tf.mul<tf.Tensor2D>(thrice, stepOf(recurrentFactors, t));
        const direct = tf.mul(dhHere, stepOf(z, t));
        return {
          input: tf.mul<tf.Tensor2D>(thrice, stepOf(inputFactors, t)),
          recurrent,
          dh: tf.add<tf.Tensor2D>(direct, tf.matMul(recurrent, weightHh)),
        };
      });
      ({ dh } = here);
      after.dispose();
      inputs.push(here.input);
      recurrents.push(here.recurrent);
    }
    return { input: overTime(inputs.toReversed()), recurrent: overTime(recurrents.toReversed()) };
  },
};
