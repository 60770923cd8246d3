/** The join on the processor, for the op and for completing. Without TensorFlow.js. */
import { CONNECTIONS, type Connection } from '#core/models/registry.ts';
import { connectionScale } from '#core/models/spec.ts';
import { BinaryOp } from '../../backends/simd/kernelCalls.ts';
import type { SimdRuntime } from '../../backends/simd/runtime.ts';
import { VALUE_BYTES, withWorkspace } from '../../backends/simd/workspace.ts';
import { maskInto, type Mask } from '../dropout/mask.ts';

/**
 * @param from addresses of the layers' states, [positions, hidden] each, one behind the other for a concatenation
 * @param mask null drops nothing
 */
export function joinInto(
  runtime: SimdRuntime,
  from: readonly number[],
  { positions, hidden, to }: { readonly positions: number; readonly hidden: number; readonly to: number },
  connection: Connection,
  mask: Mask | null,
): void {
  const { kernels } = runtime;
  const layers = from.length;
  const count = positions * hidden;
  const [first, ...others] = from;
  switch (CONNECTIONS[connection].join) {
    case 'last':
      maskInto(runtime, { x: from.at(-1)!, to, count }, mask);
      break;
    case 'sum': {
      const scale = connectionScale({ connection, layers });
      let sum = first!;
      for (const [index, other] of others.entries()) {
        const isLast = index === others.length - 1 && scale === 1;
        maskInto(runtime, { x: other, inside: sum, to, count }, isLast ? mask : null);
        sum = to;
      }
      if (scale === 1 && others.length > 0) break;
      multiplyInto(runtime, sum, scale, to, count);
      if (mask) maskInto(runtime, { x: to, to, count }, mask);
      break;
    }
    case 'concatenation':
      kernels.swapAxes({ from: first!, to, outer: layers, inner: positions, width: hidden });
      if (mask) maskInto(runtime, { x: to, to, count: layers * count }, mask);
      break;
  }
}

/** to = x times a factor, value by value. */
export function multiplyInto(runtime: SimdRuntime, x: number, factor: number, to: number, count: number): void {
  withWorkspace(runtime, (alloc) => {
    const scalar = alloc(VALUE_BYTES);
    runtime.kernels.fill({ to: scalar, count: 1, value: factor });
    runtime.kernels.binary({ op: BinaryOp.Multiply, a: x, b: scalar, to, count, periodA: count, periodB: 1 });
  });
}
