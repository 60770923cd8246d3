/** Weights as a safetensors file that says everything needed to use them: config, vocabulary, literals, data set. */
import { readingOf, type Manifest } from '../../src/core/dataset/manifest.ts';
import type { RunRecord } from '../../src/core/run.ts';
import { writeSafetensors } from '../../src/core/safetensors.ts';
import type { Weights } from '../../src/core/weights.ts';

export function weightsFile(run: RunRecord, weights: Weights, manifest: Manifest): Uint8Array<ArrayBuffer> {
  return writeSafetensors(weights, {
    config: JSON.stringify({ model: run.model, ...run.config }),
    vocabulary: JSON.stringify(manifest.vocabulary.tokens.slice(0, run.config.vocabulary)),
    literals: JSON.stringify(manifest.literals),
    dataset: JSON.stringify({ ...run.dataset, rules: manifest.rules, reading: readingOf(manifest) }),
  });
}
