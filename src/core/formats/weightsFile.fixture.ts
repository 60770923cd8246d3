/** A small model's weights file, for tests that read one. */
import { manifestOf } from '../data/manifest.fixture.ts';
import { presetConfig } from '../settings/config.ts';
import type { ModelName } from '../models/registry.ts';
import { modelSpec } from '../models/spec.ts';
import { initialWeights, type Weights } from '../models/weights.ts';
import { metadataOf, writeWeightsFile, type DescribedWeights } from './weightsFile.ts';

export const SMALL_MANIFEST = manifestOf();
export const SMALL_CONFIG = {
  ...presetConfig('tiny', 10),
  vocabulary: SMALL_MANIFEST.vocabulary.tokens.length,
  embedding: 3,
  hidden: 4,
};

export const SMALL_DATASET = { id: SMALL_MANIFEST.id, sha256: SMALL_MANIFEST.sha256 };

type But = Partial<Omit<DescribedWeights, 'model'>>;

export const specOf = (model: ModelName) => modelSpec(model, SMALL_CONFIG, SMALL_CONFIG.vocabulary);

/** The first weights of a small model, unless others are given. */
export function smallWeights(model: ModelName, seed = 1): Weights {
  return initialWeights(specOf(model), seed);
}

export function weightsFileOf(model: ModelName, but: But = {}): Uint8Array<ArrayBuffer> {
  return writeWeightsFile({ ...described(model, but), weights: but.weights ?? smallWeights(model) });
}

/** Its metadata alone. */
export function weightsMetadata(model: ModelName, but: But = {}): Readonly<Record<string, string>> {
  return metadataOf(described(model, but));
}

function described(model: ModelName, but: But): Omit<DescribedWeights, 'weights'> {
  return { model, config: SMALL_CONFIG, manifest: SMALL_MANIFEST, ...but };
}
