/** h_t = act(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), as in PyTorch's `nn.RNN`. */
import * as tf from '@tensorflow/tfjs-core';
import { overTime, stepOf } from '../../sequences.ts';
import type { CellReference } from '../reference.ts';

export const rnn: CellReference = {
  forward({ projected, weightHh, activation }) {
    const [steps, rows] = projected.shape;
    const recurrent = tf.transpose(weightHh);
    const act = activation === 'relu' ? tf.relu : tf.tanh;
    let h = tf.zeros<tf.Rank.R2>([rows, weightHh.shape[1]]);
    const hs: tf.Tensor2D[] = [];
    for (let t = 0; t < steps; t++) {
      h = tf.tidy(() => act(tf.add(stepOf(projected, t), tf.matMul(h, recurrent))));
      hs.push(h);
    }
    return { hidden: overTime(hs), saved: [] };
  },

  backward({ dy, hidden, weightHh, activation }) {
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
    const dz = overTime(dzs.toReversed());
    return { input: dz, recurrent: dz };
  },
};
