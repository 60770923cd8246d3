/**
 * The lab's weights file: safetensors under PyTorch's names, with metadata that have everything needed to use them without the data set.
 * Each part of the metadata is JSON: `config`, `vocabulary`, `literals`, `dataset`, `cache` if theta and lambda of a cache were searched,
 * and `origin` if the weights came from a foreign network.
 */
import { z } from 'zod';
import { cacheParametersSchema, type CacheParameters } from '../cache/parameters.ts';
import { literalsSchema } from '../data/literals.ts';
import { readingOf, type Manifest } from '../data/manifest.ts';
import { Vocabulary } from '../data/vocabulary.ts';
import { fail } from '../failure.ts';
import { READINGS, type SourceReading, UNNAMED_READING } from '../python/lexer/reading.ts';
import { RULES, type Rules } from '../python/lexer/rules.ts';
import type { KeptLiterals } from '../python/lexer/tokens.ts';
import { trainingConfigSchema, type TrainingConfig } from '../settings/config.ts';
import { MODEL_NAMES, type ModelName } from '../models/registry.ts';
import { readSafetensors, writeSafetensors, type Tensor, type TensorInfo } from '../models/safetensors.ts';
import { modelSpec, type ModelSpec } from '../models/spec.ts';
import type { Weights } from '../models/weights.ts';

/** Its name beside `metrics.json`. */
export function weightsFileName(model: ModelName): string {
  return `${model}.safetensors`;
}

/** The same in half precision. */
export function halfWeightsFileName(model: ModelName): string {
  return `${model}.f16.safetensors`;
}

type Metadata = Readonly<Record<string, string>>;

/** What the user supplied for weights from elsewhere. */
export interface WeightsOrigin {
  /** Names of the file's modules, first layer first. */
  readonly layers: readonly string[];
}

export interface DescribedWeights {
  readonly model: ModelName;
  readonly config: TrainingConfig;
  /** Manifest of the data set that it was trained on. */
  readonly manifest: Pick<Manifest, 'id' | 'sha256' | 'vocabulary' | 'literals' | 'rules' | 'reading'>;
  readonly weights: Weights;
  readonly origin?: WeightsOrigin | null;
  /** Settings of the continuous cache, where they were searched. */
  readonly cache?: CacheParameters | undefined;
}

export function writeWeightsFile({ weights, ...described }: DescribedWeights): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, metadataOf(described));
}

export function metadataOf({ model, config, manifest, origin, cache }: Omit<DescribedWeights, 'weights'>): Metadata {
  const { id, sha256, rules, vocabulary, literals } = manifest;
  return {
    ...configMetadata(model, config),
    vocabulary: JSON.stringify(vocabulary.tokens.slice(0, config.vocabulary)),
    literals: JSON.stringify(literals),
    dataset: JSON.stringify({ id, sha256, rules, reading: readingOf(manifest) }),
    ...(cache && { cache: JSON.stringify(cache) }),
    ...(origin && { origin: JSON.stringify(origin) }),
  };
}

/** The part that says which network it is. */
export function configMetadata(model: ModelName, config: TrainingConfig): Metadata {
  return { config: JSON.stringify({ model, ...config }) };
}

export interface WeightsFile {
  readonly model: ModelName;
  readonly spec: ModelSpec;
  readonly config: TrainingConfig;
  readonly vocabulary: Vocabulary;
  readonly rules: Rules;
  readonly reading: SourceReading;
  readonly kept: KeptLiterals;
  readonly dataset: { readonly id: string; readonly sha256: string };
  readonly origin: WeightsOrigin | null;
  /** Null where none were searched. */
  readonly cache: CacheParameters | null;
  readonly weights: Weights;
  /** All tensors of the file, needed or not. */
  readonly infos: readonly TensorInfo[];
  /** As in the file. */
  readonly metadata: Metadata;
}

const configSchema = trainingConfigSchema.extend({ model: z.enum(MODEL_NAMES) });
const vocabularySchema = z.array(z.string()).max(65_534);
const datasetSchema = z.object({
  id: z.string(),
  sha256: z.string(),
  rules: z.enum(RULES),
  reading: z.enum(READINGS).default(UNNAMED_READING),
});
const originSchema = z.object({ layers: z.array(z.string()) });

/** @throws LabError `bad-input` with what is missing or wrong */
export function readWeightsFile(bytes: Uint8Array): WeightsFile {
  const { tensors, infos, metadata } = readSafetensors(bytes);
  const part = <T>(name: string, schema: z.ZodType<T>): T => {
    const parsed = partOf(metadata, name, schema);
    if (parsed.success) return parsed.data;
    return fail(
      'bad-input',
      metadata[name] === undefined
        ? `The weights have no ${name}, which code completion needs.`
        : `The ${name} of the weights cannot be read.`,
      'Choose another model, or train this one again.',
      parsed.error,
    );
  };
  const { model, ...config } = part('config', configSchema);
  const tokens = part('vocabulary', vocabularySchema);
  const { str, num } = part('literals', literalsSchema);
  const { rules, reading, ...dataset } = part('dataset', datasetSchema);
  const weights = new Map<string, Tensor & { readonly dtype: 'F32' }>();
  for (const [name, tensor] of tensors) if (tensor.dtype === 'F32') weights.set(name, tensor);
  return {
    model,
    spec: modelSpec(model, config, tokens.length),
    config,
    vocabulary: new Vocabulary(tokens),
    rules,
    reading,
    kept: { str: new Set(str), num: new Set(num) },
    dataset,
    // nothing is computed from it, so a damaged one is treated as missing
    origin: partOf(metadata, 'origin', originSchema).data ?? null,
    // nor needed, since others do
    cache: partOf(metadata, 'cache', cacheParametersSchema).data ?? null,
    weights,
    infos,
    metadata,
  };
}

/** Whether a file has the lab's metadata; weights of other programs do not. */
export function isDescribed(metadata: Metadata): boolean {
  return metadata['config'] !== undefined && metadata['vocabulary'] !== undefined;
}

/** Which network a file is of; null where it does not say so. */
export function configOf(metadata: Metadata): { readonly model: ModelName; readonly config: TrainingConfig } | null {
  const parsed = partOf(metadata, 'config', configSchema);
  if (!parsed.success) return null;
  const { model, ...config } = parsed.data;
  return { model, config };
}

/** The tokens that a file names; null where it names none. */
export function vocabularyOf(metadata: Metadata): readonly string[] | null {
  return partOf(metadata, 'vocabulary', vocabularySchema).data ?? null;
}

/** The same file at half the size, its values rounded to F16. */
export function inHalfPrecision(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(bytes);
  return writeSafetensors(tensors, metadata, { half: true });
}

function partOf<T>(metadata: Metadata, name: string, schema: z.ZodType<T>): z.ZodSafeParseResult<T> {
  const text = metadata[name];
  try {
    return schema.safeParse(text === undefined ? undefined : JSON.parse(text));
  } catch {
    return schema.safeParse(undefined); // which it refuses: no part may be missing
  }
}
