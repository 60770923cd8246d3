import type { HeldBuffer, StepSizes } from '../../memory/kernelMemory.ts';

/** Memory of the first and second moments of each weight. */
export function moments({ weights, ofRun }: StepSizes): readonly HeldBuffer[] {
  return weights.map(({ name, size }) => ({
    what: `moments of ${name}`,
    kind: 'moments',
    size: ofRun(size),
    count: 2,
    until: 'always',
  }));
}
