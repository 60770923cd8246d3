/** Scalars whose value is known without waiting for the device. */
import * as tf from '@tensorflow/tfjs-core';

/** What a backend may offer beside TensorFlow.js's own methods. */
export interface HostScalars {
  /** The value of a scalar that the processor holds anyway; null where it would have to be read back. */
  scalarOnHost?(dataId: tf.DataId): number | null;
}

/** The value of a scalar on the host; null if it would have to be read back. */
export function scalarOnHost({ dataId }: tf.Tensor): number | null {
  return (tf.backend() as HostScalars).scalarOnHost?.(dataId) ?? null;
}
