/** Scalars whose value is known without waiting for the device. */
import * as tf from '@tensorflow/tfjs-core';

/** What a backend may offer beside TensorFlow.js's own methods. */
export interface HostScalars {
  /** The value of a scalar that the processor holds anyway; null where it would have to be read back. */
  scalarOnHost?(dataId: tf.DataId): number | null;
}

/** A scalar's value where it is known without waiting. */
export function scalarOnHost({ dataId }: tf.Tensor): number | null {
  return (tf.backend() as HostScalars).scalarOnHost?.(dataId) ?? null;
}
