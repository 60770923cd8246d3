/** The architecture that a model name and a configuration decide, and its size. */
import { SPECIAL_IDS } from '../data/vocabulary.ts';
import { CELLS, modelOf, type Activation, type Cell, type ModelName } from './registry.ts';

export interface ModelSpec {
  readonly cell: Cell;
  readonly residual: boolean;
  /** Rows of the embedding and of the output layer: vocabulary + PAD + UNK. */
  readonly tokens: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly activation: Activation;
}

/** What a configuration says of a network. */
export interface ModelSizes {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly activation: Activation;
}

/** @throws LabError `not-found` for a name that no model has */
export function modelSpec(name: ModelName, config: ModelSizes, vocabularySize: number): ModelSpec {
  const { cell, residual } = modelOf(name);
  return {
    cell,
    residual,
    tokens: Math.min(config.vocabulary, vocabularySize) + SPECIAL_IDS,
    embedding: config.embedding,
    hidden: config.hidden,
    activation: config.activation,
  };
}

/** Number of trainable values: embedding, two recurrent layers with two bias vectors each, output layer. */
export function parameterCount(spec: ModelSpec): number {
  const { tokens, embedding, hidden } = spec;
  const { gates } = CELLS[spec.cell];
  const layer = (input: number) => gates * hidden * (input + hidden + 2);
  return tokens * embedding + layer(embedding) + layer(hidden) + tokens * (hidden + 1);
}
