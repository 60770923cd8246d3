/** Weights as a safetensors file that says everything needed to use them: config, vocabulary, literals, data set. */
import { readingOf, type Manifest } from '#core/data/manifest.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { writeSafetensors } from '#core/models/safetensors.ts';
import type { Weights } from '#core/models/weights.ts';

export function encodeWeights(run: RunRecord, weights: Weights, manifest: Manifest): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, {
    config: JSON.stringify({ model: run.model, ...run.config }),
    vocabulary: JSON.stringify(manifest.vocabulary.tokens.slice(0, run.config.vocabulary)),
    literals: JSON.stringify(manifest.literals),
    dataset: JSON.stringify({ ...run.dataset, rules: manifest.rules, reading: readingOf(manifest) }),
  });
}
