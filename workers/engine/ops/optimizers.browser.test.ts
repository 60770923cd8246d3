/** Steps of every optimizer on every device against PyTorch's own (pytorch/oracle/optimizers.json). */
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { OPTIMIZER_NAMES } from '#core/optimization/optimizers.ts';
import { sharedDevice } from '../devices/shared.fixture.ts';
import { KERNEL_DEVICES } from './device.fixture.ts';
import file from '../../../pytorch/oracle/optimizers.json?raw';

const values = z.array(z.array(z.number()));
const { shapes, weights, gradients, cases } = z
  .object({
    shapes: values,
    weights: values,
    /** Of each step. */
    gradients: z.array(values),
    cases: z.array(
      z.object({
        optimizer: z.enum(OPTIMIZER_NAMES),
        learningRate: z.number(),
        weightDecay: z.number(),
        momentum: z.number(),
        clipNorm: z.number(),
        /** The weights after each step. */
        after: z.array(values),
      }),
    ),
  })
  .parse(JSON.parse(file));

/** float32 has seven digits. */
const LIMIT = 1e-6;

it('has cases of every optimizer', () => {
  expect(new Set(cases.map(({ optimizer }) => optimizer))).toEqual(new Set(OPTIMIZER_NAMES));
});

it.each([...KERNEL_DEVICES, 'reference'] as const)('%s takes the steps of PyTorch', async (kind) => {
  const { ops } = await sharedDevice(kind);
  for (const { optimizer, after, weightDecay, momentum, ...options } of cases) {
    const variables = tensorsOf(weights).map((tensor) => tf.tidy(() => tf.variable(tensor)));
    const zeros = () => shapes.map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
    const [first, second] = [zeros(), zeros()];
    for (const [index, expected] of after.entries()) {
      const step = { variables, gradients: tensorsOf(gradients[index]!), first, groups: [2], ...options };
      const norms =
        optimizer === 'sgd'
          ? ops.sgd({ ...step, momentum })
          : ops.adam({ ...step, second, step: index + 1, weightDecay });
      const own = await Promise.all(variables.map((variable) => variable.data()));
      for (const [at, some] of expected.entries()) {
        const worst = Math.max(...some.map((value, i) => Math.abs(own[at]![i]! - value)));
        expect(worst, `${optimizer}, step ${index + 1}`).toBeLessThanOrEqual(LIMIT);
      }
      tf.dispose([norms, ...step.gradients]);
    }
    tf.dispose([variables, first, second]);
  }
});

function tensorsOf(some: readonly (readonly number[])[]): tf.Tensor[] {
  return some.map((one, index) => tf.tensor([...one], shapes[index]));
}
