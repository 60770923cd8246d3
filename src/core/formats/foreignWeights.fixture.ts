/** Weights of a small network, as other programs would store them. */
import { presetConfig } from '../settings/config.ts';
import type { ModelName } from '../models/registry.ts';
import { modelSpec } from '../models/spec.ts';
import { readSafetensors, writeSafetensors, type Tensor, type TensorInfo } from '../models/safetensors.ts';
import { initialWeights } from '../models/weights.ts';
import { recogniseWeights } from './foreignWeights.ts';

export type Tensors = ReadonlyMap<string, Tensor>;

const config = { ...presetConfig('tiny', 10), vocabulary: 9, embedding: 3, hidden: 5 };
export const weightsOf = (name: ModelName, but = {}) => initialWeights(modelSpec(name, { ...config, ...but }, 9), 4);
/** Embedding as wide as hidden: sizes do not tell the layers apart. */
export const square = () => weightsOf('lstm', { embedding: 5 });
export const floats = (...shape: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** As a file says it, with further tensors whose values the lab does not read. */
export function recognise(
  tensors: Tensors,
  unread: readonly TensorInfo[] = [],
  order: readonly string[] | null = null,
) {
  const file = readSafetensors(writeSafetensors(tensors));
  return recogniseWeights({ tensors: file.tensors, infos: [...file.infos, ...unread] }, order);
}

/** The same weights under another program's names. */
export function renamed(weights: Tensors, names: (name: string) => string): Map<string, Tensor> {
  return new Map([...weights].map(([name, tensor]) => [names(name), tensor]));
}

export const without = (weights: Tensors, ...names: string[]) =>
  new Map([...weights].filter(([name]) => !names.includes(name)));
