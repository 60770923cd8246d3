/**
 * i, f, o = sigmoid(...), g = tanh(...);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t), as in PyTorch's `nn.LSTM`; backward as in
 * Werbos, "Backpropagation through time" (1990).
 */
import * as tf from '@tensorflow/tfjs-core';
import { overTime, shiftLater, stepOf } from '../../sequences.ts';
import type { CellReference } from '../reference.ts';

type Gates = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
/** A type alias, since `tf.tidy` takes no interface. */
type Step = Readonly<Record<'i' | 'f' | 'g' | 'o' | 'c' | 'tanhC' | 'h', tf.Tensor2D>>;
/** Gates after their non-linearity, cell states, and their tanh. */
type Saved = [i: tf.Tensor3D, f: tf.Tensor3D, g: tf.Tensor3D, o: tf.Tensor3D, c: tf.Tensor3D, tanhC: tf.Tensor3D];

export const lstm: CellReference = {
  forward({ projected, weightHh }) {
    const [steps, rows] = projected.shape;
    const hiddenWidth = weightHh.shape[1];
    const recurrent = tf.transpose(weightHh);
    let h = tf.zeros<tf.Rank.R2>([rows, hiddenWidth]);
    let c = tf.zeros<tf.Rank.R2>([rows, hiddenWidth]);
    const kept: Step[] = [];
    for (let t = 0; t < steps; t++) {
      const step = tf.tidy((): Step => {
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
    const all = (name: keyof Step) => overTime(kept.map((step) => step[name]));
    const [i, f, g, o, tanhC] = [all('i'), all('f'), all('g'), all('o'), all('tanhC')];
    return { hidden: all('h'), saved: [i, f, g, o, all('c'), tanhC] };
  },

  backward({ dy, saved, weightHh }) {
    const [i, f, g, o, c, tanhC] = saved as Saved;
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
    const dz = overTime(dzs.toReversed());
    return { input: dz, recurrent: dz };
  },
};
