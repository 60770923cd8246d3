/** What the projection's products take on the processor: the right operand of each is packed. */
import { joinedWidth } from '#core/models/spec.ts';
import { packedColumns } from '../../backends/simd/products.ts';
import { activation, passedOn, scratch, weightGradients, type StepKernels } from '../../memory/kernelMemory.ts';

export const memory: StepKernels['projection'] = {
  forward: ({ spec, ofRun, ofPositions }) => [
    [
      activation('projected states', ofPositions(spec.embedding), { until: 'next' }),
      scratch('projection, packed', ofRun(joinedWidth(spec) * packedColumns(spec.embedding))),
    ],
  ],
  backward: (step) => {
    const { spec, ofRun, ofPositions } = step;
    const width = joinedWidth(spec);
    return [
      [
        passedOn('gradient of what is projected', ofPositions(width)),
        scratch('projection, packed', ofRun(spec.embedding * packedColumns(width))),
      ],
      [...weightGradients(step, 'projection'), scratch('what is projected, packed', ofPositions(packedColumns(width)))],
    ];
  },
};
