/** The architecture that a model name and a configuration decide, and its size. */
import { fail } from '../failure.ts';
import { SPECIAL_IDS } from '../data/vocabulary.ts';
import {
  CELLS,
  CONNECTIONS,
  isResidual,
  isVariant,
  modelOf,
  modelTitle,
  type Activation,
  type Cell,
  type Connection,
  type ModelChoice,
  type ModelName,
  type ResidualConnection,
} from './registry.ts';

export interface ModelSpec {
  readonly cell: Cell;
  /** Recurrent layers. */
  readonly layers: number;
  /** How their outputs reach the output layer. */
  readonly connection: Connection;
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
  readonly layers: number;
  /** How the layers of a residual model are joined; other models ignore it. */
  readonly connection: ResidualConnection;
}

/** In a sentence why there is no such network; null where there is. */
export function unsupportedReason(model: ModelChoice, { layers }: Pick<ModelSizes, 'layers'>): string | null {
  if (layers > 1 || !isResidual(model)) return null;
  const title = isVariant(model) ? modelTitle(model).toLowerCase() : modelTitle(model);
  return `A ${title} model of one layer would be its baseline: there is no layer below the last one to connect.`;
}

/** @throws LabError `bad-config` where the configuration has no such network */
export function requireNetwork(model: ModelChoice, sizes: Pick<ModelSizes, 'layers'>): void {
  const why = unsupportedReason(model, sizes);
  if (why !== null) fail('bad-config', why, 'Choose two layers or more, or a model without the connection.');
}

/** @throws LabError `not-found` for a name that no model has, `bad-config` where it cannot be built so */
export function modelSpec(name: ModelName, config: ModelSizes, vocabularySize: number): ModelSpec {
  const { cell, residual } = modelOf(name);
  requireNetwork(name, config);
  return {
    cell,
    layers: config.layers,
    connection: residual ? config.connection : 'none',
    tokens: Math.min(config.vocabulary, vocabularySize) + SPECIAL_IDS,
    embedding: config.embedding,
    hidden: config.hidden,
    activation: config.activation,
  };
}

/** Columns of the output layer's weight: what it sees of a position. */
export function outputWidth({
  connection,
  layers,
  hidden,
}: Pick<ModelSpec, 'connection' | 'layers' | 'hidden'>): number {
  return CONNECTIONS[connection].join === 'concatenation' ? layers * hidden : hidden;
}

/** What the joined outputs of the layers are multiplied by. */
export function connectionScale({ connection, layers }: Pick<ModelSpec, 'connection' | 'layers'>): number {
  return CONNECTIONS[connection].scaled ? 1 / Math.sqrt(layers) : 1;
}

/** Widths of what each recurrent layer reads, the first layer's first. */
export function inputWidths({ layers, embedding, hidden }: ModelSpec): readonly number[] {
  return Array.from({ length: layers }, (_, layer) => (layer === 0 ? embedding : hidden));
}

/** Number of trainable values: embedding, recurrent layers with two bias vectors each, output layer. */
export function parameterCount(spec: ModelSpec): number {
  const { tokens, embedding, hidden } = spec;
  const { gates } = CELLS[spec.cell];
  const layers = inputWidths(spec).reduce((sum, input) => sum + gates * hidden * (input + hidden + 2), 0);
  return tokens * embedding + layers + tokens * (outputWidth(spec) + 1);
}
