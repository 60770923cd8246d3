/** What the projection's products take on WebGPU. */
import { joinedWidth } from '#core/models/spec.ts';
import { activation, passedOn, scratch, weightGradients, type StepKernels } from '../../memory/kernelMemory.ts';

export const memory: StepKernels['projection'] = {
  forward: ({ spec, ofRun, ofPositions }) => [
    [
      activation('projected states', ofPositions(spec.embedding), { until: 'next' }),
      scratch('projection, transposed', ofRun(joinedWidth(spec) * spec.embedding)),
    ],
  ],
  backward: (step) => [
    [
      passedOn('gradient of what is projected', step.ofPositions(joinedWidth(step.spec))),
      ...weightGradients(step, 'projection'),
    ],
  ],
};
