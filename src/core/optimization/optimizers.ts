/**
 * Optimizers: the state that each keeps for every weight between two steps. The formulas are PyTorch's, in workers/engine/ops/{adam,sgd}.
 */
import { keysOf } from '../records.ts';

/** States that an optimizer can keep for each weight, in the order of the checkpoint's tensors. */
export const OPTIMIZER_STATES = ['first', 'second'] as const;
export type OptimizerState = (typeof OPTIMIZER_STATES)[number];

interface OptimizerDescription {
  readonly title: string;
  /** Adam keeps two moments. SGD keeps its momentum as `first`. */
  readonly states: readonly OptimizerState[];
}

export const OPTIMIZERS = {
  adam: { title: 'Adam', states: OPTIMIZER_STATES },
  adamw: { title: 'AdamW', states: OPTIMIZER_STATES },
  sgd: { title: 'SGD with momentum', states: ['first'] },
} as const satisfies Readonly<Record<string, OptimizerDescription>>;
export type OptimizerName = keyof typeof OPTIMIZERS;
export const OPTIMIZER_NAMES = keysOf(OPTIMIZERS);

export function keepsState(optimizer: OptimizerName, state: OptimizerState): boolean {
  return OPTIMIZERS[optimizer].states.some((one) => one === state);
}
