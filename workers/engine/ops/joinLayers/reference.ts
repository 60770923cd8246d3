/** What the output layer sees, from stock ops: see README.md. */
import * as tf from '@tensorflow/tfjs-core';
import { CONNECTIONS, type Connection } from '#core/models/registry.ts';
import type { JoinOptions } from '../contract.ts';
import { dropout } from '../dropout/reference.ts';

export function joinLayers(states: tf.Tensor4D, { connection, dropout: training }: JoinOptions): tf.Tensor2D {
  const layers = layersOf(states);
  const joined = joinedBy(connection, layers);
  const key = training && { ...training.key, layer: layers.length - 1 };
  return withoutSteps(key ? dropout(joined, training.rate, key) : joined);
}

/** The states of each layer. TensorFlow.js's gradient of `unstack` fails for one alone. */
export function layersOf(states: tf.Tensor4D): tf.Tensor3D[] {
  const [layers, steps, rows, hidden] = states.shape;
  if (layers === 1) return [tf.reshape(states, [steps, rows, hidden])];
  return tf.unstack(states) as tf.Tensor3D[];
}

function joinedBy(connection: Connection, layers: readonly tf.Tensor3D[]): tf.Tensor3D {
  const { join, scaled, carriesGradient } = CONNECTIONS[connection];
  const last = layers.at(-1)!;
  switch (join) {
    case 'last':
      return carriesGradient ? layers.slice(0, -1).reduce(withGradientOf, last) : last;
    case 'sum': {
      const lower = layers.slice(0, -1).map((states) => (carriesGradient ? states : withoutGradient(states)));
      const sum = [...lower, last].reduce((a, b) => tf.add<tf.Tensor3D>(a, b));
      return scaled ? tf.mul<tf.Tensor3D>(sum, 1 / Math.sqrt(layers.length)) : sum;
    }
    case 'concatenation':
      return tf.concat([...layers], 2);
    default:
      return join satisfies never;
  }
}

/** The same values, through which no gradient passes. */
function withoutGradient(states: tf.Tensor3D): tf.Tensor3D {
  const stop = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }));
  return stop(states) as tf.Tensor3D;
}

/** The values of the first, whose gradient reaches both. */
function withGradientOf(values: tf.Tensor3D, other: tf.Tensor3D): tf.Tensor3D {
  const pass = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => [dy, tf.clone(dy)],
  }));
  return pass(values, other) as tf.Tensor3D;
}

/**
 * [steps, rows, width] as [steps x rows, width]. TensorFlow.js's own gradient of a reshape keeps the values for their shape alone,
 * through the whole backward pass.
 */
function withoutSteps(states: tf.Tensor3D): tf.Tensor2D {
  const { shape } = states;
  const [steps, rows, width] = shape;
  const flat = tf.customGrad((x) => ({
    value: tf.reshape(x as tf.Tensor, [steps * rows, width]),
    gradFunc: (dy: tf.Tensor) => tf.reshape(dy, shape),
  }));
  return flat(states) as tf.Tensor2D;
}
