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
  WEIGHT_TYINGS,
  type Activation,
  type Cell,
  type Connection,
  type ModelChoice,
  type ModelName,
  type ResidualConnection,
  type WeightTying,
} from './registry.ts';

export interface ModelSpec {
  readonly cell: Cell;
  /** Recurrent layers. */
  readonly layers: number;
  /** How their outputs reach the output layer. */
  readonly connection: Connection;
  /** Whether the output layer's weight is the embedding's. */
  readonly weightTying: WeightTying;
  /** Rows of the embedding and of the output layer: vocabulary + PAD + UNK. */
  readonly tokens: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly activation: Activation;
}

/** The part of a configuration that describes the network. */
export interface ModelSizes {
  readonly vocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly activation: Activation;
  readonly layers: number;
  /** How the layers of a residual model are joined; other models ignore it. */
  readonly connection: ResidualConnection;
  readonly weightTying: WeightTying;
}

/** Settings that decide whether there is a network. */
type Combined = Pick<ModelSizes, 'layers' | 'connection' | 'weightTying' | 'embedding' | 'hidden'>;

interface NoNetwork {
  /** A sentence that says why there is no such network. */
  readonly why: string;
  /** A sentence that says what to change. */
  readonly remedy: string;
}

/** What is wrong with a combination of settings; null where there is such a network. */
export function unsupportedReason(model: ModelChoice, sizes: Combined): NoNetwork | null {
  const { layers, embedding } = sizes;
  const title = isVariant(model) ? modelTitle(model).toLowerCase() : modelTitle(model);
  if (layers < 2 && isResidual(model)) {
    return {
      why: `A ${title} model of one layer would be its baseline: there is no layer below the last one to connect.`,
      remedy: 'Set at least two layers, or leave the model out.',
    };
  }
  const width = joinedWidth({ ...sizes, connection: connectionOf(model, sizes) });
  if (!isTied(sizes) || isProjected(sizes) || width === embedding) return null;
  return {
    why: `The output layer of the ${title} model sees ${width} values, and the embedding is ${embedding} wide: one matrix cannot be both.`,
    remedy: `Set the embedding size to ${width}, or weight tying to projected.`,
  };
}

/** @throws LabError `bad-config` where the configuration has no such network */
export function requireNetwork(model: ModelChoice, sizes: Combined): void {
  const none = unsupportedReason(model, sizes);
  if (none !== null) fail('bad-config', none.why, none.remedy);
}

/** How the layers of a model reach its output layer. */
function connectionOf(model: ModelChoice, { connection }: Pick<ModelSizes, 'connection'>): Connection {
  return isResidual(model) ? connection : 'none';
}

/** @throws LabError `not-found` for a name that no model has, `bad-config` where it cannot be built so */
export function modelSpec(name: ModelName, config: ModelSizes, vocabularySize: number): ModelSpec {
  const { cell } = modelOf(name);
  requireNetwork(name, config);
  return {
    cell,
    layers: config.layers,
    connection: connectionOf(name, config),
    weightTying: config.weightTying,
    tokens: Math.min(config.vocabulary, vocabularySize) + SPECIAL_IDS,
    embedding: config.embedding,
    hidden: config.hidden,
    activation: config.activation,
  };
}

/** Values of a position that the joined outputs of the layers have. */
export function joinedWidth({
  connection,
  layers,
  hidden,
}: Pick<ModelSpec, 'connection' | 'layers' | 'hidden'>): number {
  return CONNECTIONS[connection].join === 'concatenation' ? layers * hidden : hidden;
}

/** Whether one matrix is both the embedding and the output layer's weight. */
export function isTied({ weightTying }: Pick<ModelSpec, 'weightTying'>): boolean {
  return WEIGHT_TYINGS[weightTying].shares;
}

/** Whether there is a projection before the output layer. */
export function isProjected({ weightTying }: Pick<ModelSpec, 'weightTying'>): boolean {
  return WEIGHT_TYINGS[weightTying].projects;
}

/** Columns of the output layer's weight: what it sees of a position. */
export function outputWidth(spec: ModelSpec): number {
  return isProjected(spec) ? spec.embedding : joinedWidth(spec);
}

/** PyTorch's name of the output layer's weight. */
export function outputWeightName(spec: Pick<ModelSpec, 'weightTying'>): string {
  return isTied(spec) ? 'embedding.weight' : 'output.weight';
}

/** What the joined outputs of the layers are multiplied by. */
export function connectionScale({ connection, layers }: Pick<ModelSpec, 'connection' | 'layers'>): number {
  return CONNECTIONS[connection].scaled ? 1 / Math.sqrt(layers) : 1;
}

/** Widths of what each recurrent layer reads, the first layer's first. */
export function inputWidths({ layers, embedding, hidden }: ModelSpec): readonly number[] {
  return Array.from({ length: layers }, (_, layer) => (layer === 0 ? embedding : hidden));
}

/** Number of trainable values: embedding, recurrent layers with two bias vectors each, projection, output layer. */
export function parameterCount(spec: ModelSpec): number {
  const { tokens, embedding, hidden } = spec;
  const { gates } = CELLS[spec.cell];
  const layers = inputWidths(spec).reduce((sum, input) => sum + gates * hidden * (input + hidden + 2), 0);
  const projection = isProjected(spec) ? embedding * joinedWidth(spec) : 0;
  const output = isTied(spec) ? 0 : tokens * outputWidth(spec);
  return tokens * embedding + layers + projection + output + tokens;
}
