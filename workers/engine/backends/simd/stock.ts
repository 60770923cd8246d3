/**
 * TensorFlow.js's own kernels that a graph of the lab's ops needs on the backend `simd`: those between the ops, and those that its tape
 * adds. Operands are broadcast where one shape is the end of the other.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type SimdBackend } from './backend.ts';
import { BinaryOp, UnaryOp } from './kernelCalls.ts';

type Call<Inputs extends string> = {
  readonly inputs: Readonly<Record<Inputs, tf.TensorInfo>>;
  readonly backend: SimdBackend;
  readonly attrs: unknown;
};

function register<Inputs extends string>(kernelName: string, compute: (call: Call<Inputs>) => tf.TensorInfo): void {
  tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: compute as unknown as tf.KernelFunc });
}

register<'x'>('Identity', ({ inputs: { x }, backend }) => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
});

register<'x'>('Reshape', ({ inputs: { x }, attrs, backend }) => {
  const { shape } = attrs as { shape: number[] };
  const size = tf.util.sizeFromShape(x.shape);
  const wanted = tf.util.inferFromImplicitShape(shape, size);
  tf.util.assert(
    size === tf.util.sizeFromShape(wanted),
    () => `cannot reshape [${x.shape.join()}] to [${shape.join()}]`,
  );
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: wanted, dtype: x.dtype };
});

register<'x'>('Cast', ({ inputs: { x }, attrs, backend }) => {
  const { dtype } = attrs as { dtype: tf.DataType };
  if (dtype === x.dtype) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  }
  if (dtype !== 'float32' && dtype !== 'int32') throw new Error(`Cast on the device cpu knows no ${dtype}`);
  const out = backend.output(x.shape, dtype);
  const [from, to] = backend.addressesOf(x, out);
  const op = dtype === 'float32' ? UnaryOp.ToFloat : UnaryOp.ToInteger;
  backend.runtime.kernels.unary({ op, x: from, to, count: tf.util.sizeFromShape(x.shape) });
  return out;
});

for (const [kernelName, op] of [
  ['Add', BinaryOp.Add],
  ['Sub', BinaryOp.Subtract],
  ['Multiply', BinaryOp.Multiply],
] as const) {
  register<'a' | 'b'>(kernelName, ({ inputs: { a, b }, backend }) => {
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const out = backend.output(shape);
    const [first, second, to] = backend.addressesOf(a, b, out);
    backend.runtime.kernels.binary({
      op,
      a: first,
      b: second,
      to,
      count: tf.util.sizeFromShape(shape),
      periodA: periodOf(kernelName, a, shape),
      periodB: periodOf(kernelName, b, shape),
    });
    return out;
  });
}

/** After how many values an operand begins again. */
function periodOf(kernelName: string, { shape, dtype }: tf.TensorInfo, wanted: readonly number[]): number {
  tf.util.assert(dtype === 'float32', () => `${kernelName} on the device cpu takes float32, not ${dtype}`);
  const own = shape.slice(shape.findIndex((length) => length !== 1));
  const size = tf.util.sizeFromShape(shape);
  if (size === 1) return 1;
  const end = wanted.slice(wanted.length - own.length);
  tf.util.assert(
    own.join() === end.join(),
    () => `${kernelName} on the device cpu cannot broadcast [${shape.join()}] to [${wanted.join()}]`,
  );
  return size;
}

for (const [kernelName, op] of [
  ['Exp', UnaryOp.Exponential],
  ['Log', UnaryOp.Logarithm],
  ['Sigmoid', UnaryOp.Sigmoid],
  ['Tanh', UnaryOp.Tanh],
] as const) {
  register<'x'>(kernelName, ({ inputs: { x }, backend }) => {
    const out = backend.output(x.shape);
    const [from, to] = backend.addressesOf(x, out);
    backend.runtime.kernels.unary({ op, x: from, to, count: tf.util.sizeFromShape(x.shape) });
    return out;
  });
}

register<'x'>('Sum', ({ inputs: { x }, attrs, backend }) => {
  const axes = tf.util.parseAxisParam((attrs as { axis: number | number[] }).axis, x.shape);
  tf.util.assert(axes.length === x.shape.length, () => 'Sum on the device cpu takes all axes together');
  const out = backend.output([]);
  backend.runtime.kernels.sumAll({
    from: backend.addressOf(x),
    count: tf.util.sizeFromShape(x.shape),
    to: backend.addressOf(out),
  });
  return out;
});

register<'x'>('Transpose', ({ inputs: { x }, attrs, backend }) => {
  const { perm } = attrs as { perm: number[] };
  const wanted = [1, 0, 2].slice(0, x.shape.length);
  tf.util.assert(perm.join() === wanted.join(), () => 'Transpose on the device cpu swaps the first two axes');
  const [outer, inner, width = 1] = x.shape as [number, number, number?];
  const out = backend.output([inner, outer, ...x.shape.slice(2)], x.dtype as 'float32' | 'int32');
  const [from, to] = backend.addressesOf(x, out);
  backend.runtime.kernels.swapAxes({ from, to, outer, inner, width });
  return out;
});

register<never>('Fill', ({ attrs, backend }) => {
  const { shape, value } = attrs as { shape: number[]; value: number };
  const out = backend.output(shape);
  backend.runtime.kernels.fill({ to: backend.addressOf(out), count: tf.util.sizeFromShape(shape), value });
  return out;
});

register<'x'>('ZerosLike', ({ inputs: { x }, backend }) => {
  const out = backend.output(x.shape);
  backend.runtime.kernels.fill({ to: backend.addressOf(out), count: tf.util.sizeFromShape(x.shape), value: 0 });
  return out;
});
