/** Embedding on the processor: rows are copied; a table's gradient is added up in the order of positions, threads side by side in columns. */
import { BACKEND, type SimdBackend } from '../../backends/simd/backend.ts';
import { activation, weightGradients, type StepKernels } from '../../memory/kernelMemory.ts';
import { registerLabKernel } from '../kernels.ts';

registerLabKernel<'LabEmbedding', SimdBackend>('LabEmbedding', BACKEND, ({ inputs: { table, ids }, backend }) => {
  const width = table.shape[1];
  const out = backend.output([...ids.shape, width]);
  const [from, idsAddress, to] = backend.addressesOf(table, ids, out);
  const positions = ids.shape[0] * ids.shape[1];
  backend.runtime.kernels.lookUp({ table: from, ids: idsAddress, to, positions, width });
  return out;
});

registerLabKernel<'LabEmbeddingGradient', SimdBackend>('LabEmbeddingGradient', BACKEND, (call) => {
  const { inputs, attrs, backend } = call;
  const { dy, ids } = inputs;
  const width = dy.shape[2];
  const out = backend.output([attrs.tokens, width]);
  const [from, idsAddress, to] = backend.addressesOf(dy, ids, out);
  const positions = ids.shape[0] * ids.shape[1];
  backend.runtime.kernels.sumByToken({ gradient: from, ids: idsAddress, to, positions, tokens: attrs.tokens, width });
  return out;
});

export const memory: StepKernels['embedding'] = {
  forward: ({ spec, ofPositions }) => [[activation('embedded inputs', ofPositions(spec.embedding))]],
  backward: (step) => [[...weightGradients(step, 'embedding')]],
};
