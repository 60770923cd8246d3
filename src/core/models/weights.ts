/**
 * The weights of a model under PyTorch's names (`nn.Embedding`, one `nn.RNN` or `nn.LSTM` of all layers called `rnn`,
 * `nn.Linear`): their shapes, and PyTorch's initial distributions drawn from the lab's own seeded generator.
 */
import { isOrthogonal, type Initialization } from './initialization.ts';
import { CELLS } from './registry.ts';
import { inputWidths, isProjected, isTied, joinedWidth, outputWidth, type ModelSpec } from './spec.ts';
import { PAD_ID } from '../data/vocabulary.ts';
import { orthogonalMatrix } from './orthogonal.ts';
import { streamFor, type RandomStream } from '../random/stream.ts';
import type { Tensor } from './safetensors.ts';

/** Float tensors by PyTorch's name, in PyTorch's order. */
export type Weights = ReadonlyMap<string, Tensor & { readonly dtype: 'F32' }>;

export interface WeightShape {
  readonly name: string;
  readonly shape: readonly [number] | readonly [number, number];
}

/** Names and shapes of a model's weights; an LSTM's gates are stacked i, f, g, o. A shared matrix is there once, as the embedding's. */
export function weightShapes(spec: ModelSpec): readonly WeightShape[] {
  const { tokens, embedding, hidden } = spec;
  const rows = CELLS[spec.cell].gates * hidden;
  const layer = (index: number, input: number): WeightShape[] => [
    { name: `rnn.weight_ih_l${index}`, shape: [rows, input] },
    { name: `rnn.weight_hh_l${index}`, shape: [rows, hidden] },
    { name: `rnn.bias_ih_l${index}`, shape: [rows] },
    { name: `rnn.bias_hh_l${index}`, shape: [rows] },
  ];
  return [
    { name: 'embedding.weight', shape: [tokens, embedding] },
    ...inputWidths(spec).flatMap((input, index) => layer(index, input)),
    ...(isProjected(spec) ? [{ name: 'projection.weight', shape: [embedding, joinedWidth(spec)] } as const] : []),
    ...(isTied(spec) ? [] : [{ name: 'output.weight', shape: [tokens, outputWidth(spec)] } as const]),
    { name: 'output.bias', shape: [tokens] },
  ];
}

export interface InitialOptions {
  /** Added to the forget gates of an LSTM, in `bias_ih` alone, since both biases are summed. */
  readonly forgetBias?: number;
  readonly initialization?: Initialization;
}

/**
 * PyTorch's initial distributions: embedding N(0, 1) with a PAD row of zeros; everything else
 * U(-1/sqrt(hidden), 1/sqrt(hidden)); of the output layer, Kaiming-uniform with a = sqrt(5), that is U(-1/sqrt(width), 1/sqrt(width))
 * with the width of what it sees; of the projection likewise. A matrix that is both the embedding and the output layer's weight
 * starts as the latter, since logits of N(0, 1) weights would be far too large, with a PAD row of zeros.
 * Each tensor has a stream of its own, so that models of one seed that share a shape share its initial values.
 */
export function initialWeights(
  spec: ModelSpec,
  seed: number,
  { forgetBias = 0, initialization = 'uniform' }: InitialOptions = {},
): Weights {
  const weights = new Map<string, Tensor & { readonly dtype: 'F32' }>();
  const { forgetGate } = CELLS[spec.cell];
  for (const { name, shape } of weightShapes(spec)) {
    const random = streamFor(seed, `weights/${name}`);
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name === 'embedding.weight') {
      if (isTied(spec)) fillUniform(data, outputWidth(spec), random);
      else for (let i = 0; i < data.length; i++) data[i] = random.normal();
      data.fill(0, PAD_ID * spec.embedding, (PAD_ID + 1) * spec.embedding);
    } else if (isOrthogonal(name, initialization)) {
      // a block a gate
      const block = spec.hidden * spec.hidden;
      for (let at = 0; at < data.length; at += block) data.set(orthogonalMatrix(spec.hidden, random), at);
    } else {
      fillUniform(data, inputsOf(name, spec), random);
      if (forgetGate !== null && name.startsWith('rnn.bias_ih')) {
        const start = forgetGate * spec.hidden;
        for (let i = start; i < start + spec.hidden; i++) data[i]! += forgetBias;
      }
    }
    weights.set(name, { dtype: 'F32', shape, data });
  }
  return weights;
}

/** Values that the bound of a weight's initial distribution is by: inputs of a linear layer, units of a recurrent one. */
function inputsOf(name: string, spec: ModelSpec): number {
  if (name.startsWith('output.')) return outputWidth(spec);
  return name.startsWith('projection.') ? joinedWidth(spec) : spec.hidden;
}

/** U(-1/sqrt(inputs), 1/sqrt(inputs)). */
function fillUniform(data: Float32Array, inputs: number, random: Pick<RandomStream, 'uniform'>): void {
  const bound = 1 / Math.sqrt(inputs);
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
}
