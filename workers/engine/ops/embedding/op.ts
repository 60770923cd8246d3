import * as tf from '@tensorflow/tfjs-core';
import { runLabKernel } from '../kernels.ts';

/** table [tokens, width] and ids [steps, rows] int32 to [steps, rows, width]. */
export function embedding(table: tf.Tensor2D, ids: tf.Tensor2D): tf.Tensor3D {
  const tokens = table.shape[0];
  const lookUp = tf.customGrad((...args) => {
    const [weights, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    save([ids]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor =>
      runLabKernel('LabEmbeddingGradient', { dy: dy as tf.Tensor3D, ids: saved[0] as tf.Tensor2D }, { tokens });
    return { value: runLabKernel('LabEmbedding', { table: weights, ids }, {}), gradFunc };
  });
  return lookUp(table);
}
