/** A weights file as completing needs it: it says everything itself, so that no data set has to be there. */
import { z } from 'zod';
import { trainingConfigSchema, type TrainingConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { modelSpec, type ModelSpec } from '#core/models/spec.ts';
import { literalsSchema } from '#core/data/literals.ts';
import { Vocabulary } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { READINGS, type SourceReading, UNNAMED_READING } from '#core/python/lexer/reading.ts';
import { RULES, type Rules } from '#core/python/lexer/rules.ts';
import type { KeptLiterals } from '#core/python/lexer/tokens.ts';
import { readSafetensors, type Tensor, type TensorInfo } from '#core/models/safetensors.ts';
import type { Weights } from '#core/models/weights.ts';

export interface ModelFile {
  readonly model: ModelName;
  readonly spec: ModelSpec;
  readonly config: TrainingConfig;
  readonly vocabulary: Vocabulary;
  readonly rules: Rules;
  readonly reading: SourceReading;
  readonly kept: KeptLiterals;
  readonly dataset: { readonly id: string; readonly sha256: string };
  readonly weights: Weights;
  /** All tensors of the file, needed or not. */
  readonly infos: readonly TensorInfo[];
}

const configSchema = trainingConfigSchema.extend({ model: z.enum(MODEL_NAMES) });
const vocabularySchema = z.array(z.string()).max(65_534);
const datasetSchema = z.object({
  id: z.string(),
  sha256: z.string(),
  rules: z.enum(RULES),
  reading: z.enum(READINGS).default(UNNAMED_READING),
});

/** @throws LabError `bad-input` with what is missing or wrong */
export function readModelFile(bytes: Uint8Array): ModelFile {
  const { tensors, infos, metadata } = readSafetensors(bytes);
  const part = <T>(name: string, schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(jsonOf(metadata[name]));
    if (parsed.success) return parsed.data;
    return fail(
      'bad-input',
      metadata[name] === undefined
        ? `The weights do not say their ${name}, which completing needs.`
        : `What the weights say of their ${name} cannot be read.`,
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
    weights,
    infos,
  };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // the schema then refuses it, and says which part it is
  }
}
