/** A small model of four Python files, and the requests that a page makes for completions. */
import * as tf from '@tensorflow/tfjs-core';
import { makeBatch } from '#core/data/batches/batch.ts';
import { manifestOf } from '#core/data/manifest.fixture.ts';
import { Vocabulary } from '#core/data/vocabulary.ts';
import { DEFAULT_DECODING, type Decoding } from '#core/completion/decoding.ts';
import { readWeightsFile, writeWeightsFile, type WeightsFile } from '#core/formats/weightsFile.ts';
import type { ModelName } from '#core/models/registry.ts';
import { initialWeights, type Weights } from '#core/models/weights.ts';
import { lexPython } from '#core/python/lexer/tokens.ts';
import { presetConfig } from '#core/settings/config.ts';
import type { Device } from '#engine/devices/device.ts';
import { batchTensors, CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';

export const FILES = [
  `import os\nimport sys\n\n\nclass Stack:\n    def __init__(self, items):\n        self.items = items\n        self.size = 0\n\n    def push(self, item):\n        self.items.append(item)\n        self.size += 1\n        return self\n\n    def pop(self):\n        if self.size == 0:\n            raise IndexError("empty")\n        self.size -= 1\n        return self.items.pop()\n`,
  `import os\n\n\ndef walk(path, found):\n    for name in os.listdir(path):\n        full = os.path.join(path, name)\n        if os.path.isdir(full):\n            walk(full, found)\n        else:\n            found.append(full)\n    return found\n`,
  `import sys\n\n\ndef main(argv):\n    total = 0\n    for name in argv[1:]:\n        with open(name, 'r') as handle:\n            for line in handle:\n                total += len(line)\n    print(total)\n    return 0\n\n\nif __name__ == '__main__':\n    sys.exit(main(sys.argv))\n`,
  `class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n    def __add__(self, other):\n        return Point(self.x + other.x, self.y + other.y)\n\n    def scale(self, factor=2.5):\n        self.x *= factor\n        self.y *= factor\n        return self\n`,
];
const LITERALS = { str: ['r', '__main__'], num: ['0', '1'] };
const kept = { str: new Set(LITERALS.str), num: new Set(LITERALS.num) };
export const language = { rules: 'codexglue-2021', reading: 'text', kept } as const;
export const rowsOfText = FILES.map((file) => {
  const lexed = lexPython(file, { kept });
  if (!('tokens' in lexed)) throw new Error(lexed.reason);
  return ['<s>', ...lexed.tokens, '</s>'];
});
const counts = new Map<string, number>();
for (const token of rowsOfText.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
/** Tokens that occur once are unknown. */
export const vocabulary = new Vocabulary([...counts].filter(([, count]) => count > 1).map(([token]) => token));
export const rows = rowsOfText.map((row) => Uint16Array.from(row, (token) => vocabulary.id(token)));
export const config = {
  ...presetConfig('tiny', 10),
  vocabulary: vocabulary.tokens.length,
  length: 200,
  embedding: 12,
  hidden: 24,
};
export const { signal: never } = new AbortController();

/** A model trained on these files for 80 steps, in the file format that the lab stores. */
export async function trained(
  device: Device,
  name: ModelName,
): Promise<{ readonly file: WeightsFile; readonly model: CompletionModel }> {
  const counts = vocabulary.tokens.map(() => 1);
  const manifest = manifestOf({ literals: LITERALS, vocabulary: { tokens: [...vocabulary.tokens], counts } });
  const file = (weights: Weights) => readWeightsFile(writeWeightsFile({ model: name, config, manifest, weights }));
  const { spec } = file(new Map());
  const model = new CompletionModel(spec, initialWeights(spec, 3), device.ops);
  const optimiser = new Optimiser(model, device.ops, { learningRate: 0.02, clipNorm: 1 });
  for (let step = 1; step <= 80; step++) {
    const batch = batchTensors(makeBatch(rows, { length: config.length, vocabulary: config.vocabulary }));
    const scores = model.gradients(batch, { dropout: 0, seed: 1, step });
    const norm = optimiser.step(scores.gradients);
    tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norm, ...scores.gradients]);
  }
  optimiser.dispose();
  return { file: file(await model.weights()), model };
}

export const request = (text: string) => ({ ticket: 1, runId: 'run', text, cursor: text.length, cache: false });
export const lineRequest = (text: string, decoding: Partial<Decoding> = {}, first: number | null = null) => ({
  ...request(text),
  decoding: { ...DEFAULT_DECODING, ...decoding },
  first,
});
