import { OPTIMIZERS } from '#core/optimization/optimizers.ts';
import type { HeldBuffer, StepSizes } from '../../memory/kernelMemory.ts';

/** Memory of what the optimizer keeps of each weight. */
export function optimizerState({ optimizer, weights, ofRun }: StepSizes): readonly HeldBuffer[] {
  const count = OPTIMIZERS[optimizer].states.length;
  return weights.map(({ name, size }) => ({
    what: `moments of ${name}`,
    kind: 'moments',
    size: ofRun(size),
    count,
    until: 'always',
  }));
}
