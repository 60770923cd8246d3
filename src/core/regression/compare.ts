/** Compares a recorded training with the committed figures and with earlier bits, and finds the first difference. */
import { CASE_NAMES, type CaseName } from './cases.ts';
import { differenceOf, type TensorKind } from './digest.ts';
import type { ModelBits, ModelFigures, ModelRecord } from './figures.ts';

/**
 * Relative differences allowed between machines: about ten times the largest seen between the devices reference, cpu (with and
 * without fused multiply-add) and webgpu (SwiftShader). These were 6e-7 for scores, 9e-6 for gradients and 1.2e-5 for weights. No
 * hardware GPU was measured for this. Ranks did not differ anywhere; their limit allows for one near tie that is ordered differently.
 */
export const LIMITS: Readonly<Record<TensorKind, number>> = {
  scores: 1e-5,
  ranks: 2e-2,
  gradients: 1e-4,
  weights: 1e-4,
};

/** A tensor of a training step. */
export interface Place {
  readonly case: CaseName;
  /** From 1. */
  readonly step: number;
  readonly tensor: string;
}

export interface TensorDifference extends Place {
  /** Relative to the tensor's norm; infinite if it is not a number, or if one side lacks the tensor. */
  readonly value: number;
  readonly limit: number;
}

export interface Comparison {
  /** The first tensor over its limit, in the order of computation; null if all are within their limits. */
  readonly first: TensorDifference | null;
  /** Number of tensors over their limits in the step of `first`. */
  readonly inStep: number;
  /** The tensor with the largest difference relative to its limit. */
  readonly worst: TensorDifference;
}

export function compareFigures(record: ModelRecord, figures: ModelFigures): Comparison {
  const all = CASE_NAMES.flatMap((name) => differencesOf(name, record, figures));
  const over = all.filter((one) => shareOf(one) > 1);
  const first = over[0] ?? null;
  const inStep = over.filter((one) => one.case === first?.case && one.step === first.step).length;
  return { first, inStep, worst: all.reduce((worst, one) => (shareOf(one) > shareOf(worst) ? one : worst)) };
}

/** The difference as a share of its limit; above 1 it is a failure. */
export function shareOf({ value, limit }: TensorDifference): number {
  return value / limit;
}

/** The first tensor whose bits differ, or that only one side has; null if all bits are the same. */
export function firstOtherBits(bits: ModelBits, expected: ModelBits): Place | null {
  for (const name of CASE_NAMES) {
    for (let index = 0; index < Math.max(bits[name].length, expected[name].length); index++) {
      const [here, there] = [bits[name][index] ?? {}, expected[name][index] ?? {}];
      const tensors = [...new Set([...Object.keys(here), ...Object.keys(there)])];
      const tensor = tensors.find((tensor) => here[tensor] !== there[tensor]);
      if (tensor !== undefined) return { case: name, step: index + 1, tensor };
    }
  }
  return null;
}

function differencesOf(name: CaseName, record: ModelRecord, figures: ModelFigures): TensorDifference[] {
  const steps = Math.max(record[name].length, figures[name].length);
  return Array.from({ length: steps }, (_, index) => {
    const computed = record[name][index] ?? [];
    const expected = figures[name][index] ?? {};
    const place = { case: name, step: index + 1 };
    const lacking = Object.keys(expected).filter((tensor) => !computed.some((one) => one.tensor === tensor));
    return [
      ...computed.map(({ kind, tensor, figures }) => {
        const known = expected[tensor];
        return { ...place, tensor, value: known ? differenceOf(figures, known) : Infinity, limit: LIMITS[kind] };
      }),
      ...lacking.map((tensor) => ({ ...place, tensor, value: Infinity, limit: LIMITS.gradients })),
    ];
  }).flat();
}
