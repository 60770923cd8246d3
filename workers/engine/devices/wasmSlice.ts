/**
 * A `Slice` kernel for TensorFlow.js's wasm backend. The stock one (4.22.0) copies its whole input out of the heap before it takes a part
 * of it, so taking the steps of a sequence one by one costs the square of its length: nine tenths of a recurrent layer's time. This one
 * copies only the part, if it is contiguous. Delete it when the wasm backend is no longer used, or when the stock kernel is fixed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export function registerWasmSlice(): void {
  const stock = tf.getKernel('Slice', 'wasm');
  tf.unregisterKernel('Slice', 'wasm');
  tf.registerKernel({
    ...stock,
    kernelFunc: (call) => {
      const x = call.inputs['x'] as tf.TensorInfo;
      const { begin, size } = call.attrs as unknown as { begin: number | number[]; size: number | number[] };
      const [from = [], shape = []] = tf.slice_util.parseSliceParams(x, begin, size);
      if (x.dtype === 'string' || !tf.slice_util.isSliceContinous(x.shape, from, shape)) return stock.kernelFunc(call);
      const backend = call.backend as BackendWasm;
      const out = backend.makeOutput(shape, x.dtype);
      const offset = tf.slice_util.computeFlatOffset(from, tf.util.computeStrides(x.shape));
      // Views are taken after the output: making it may grow the memory and detach older ones.
      const part = backend.typedArrayFromHeap(x).subarray(offset, offset + tf.util.sizeFromShape(shape));
      backend.typedArrayFromHeap(out).set(part);
      return out;
    },
  });
}
