/** The files from which both sides of a check start: weights, batches of a data set, ids. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { modelSpec } from '#core/models/spec.ts';
import { parseManifest, type Manifest } from '#core/data/manifest.ts';
import { decodeShard } from '#core/data/shards.ts';
import { PAD_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { writeSafetensors, type Tensor } from '#core/models/safetensors.ts';
import { configMetadata } from '#core/formats/weightsFile.ts';
import { makeBatch, rowLength, type Batch } from '#core/data/batches/batch.ts';
import { trainingOrder } from '#core/data/batches/order.ts';
import { initialWeights } from '#core/models/weights.ts';
import { DATASETS } from '../lib/paths.ts';

/** The training rows of a prepared data set. */
export async function trainingRows(id: string): Promise<{ readonly manifest: Manifest; readonly rows: Uint16Array[] }> {
  const folder = join(DATASETS, id);
  const path = join(folder, 'manifest.json');
  const manifest = parseManifest(await readFile(path, 'utf8'), path);
  const rows: Uint16Array[] = [];
  for (const { file } of manifest.splits.train.shards) {
    rows.push(...decodeShard(await readFile(join(folder, file)), manifest.length));
  }
  return { manifest, rows };
}

/** A model's initial weights, and the batches of its first steps in the lab's own order. @returns safetensors */
export function stepsFile(
  model: ModelName,
  config: TrainingConfig,
  { manifest, rows }: Awaited<ReturnType<typeof trainingRows>>,
  steps: number,
): Uint8Array<ArrayBuffer> {
  const known = manifest.vocabulary.tokens.length;
  const spec = modelSpec(model, config, known);
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of initialWeights(spec, config.seed)) tensors.set(`init.${name}`, tensor);
  const taken = rows.slice(0, config.trainFiles ?? rows.length);
  const lengths = taken.map((row) => rowLength(row, config.length));
  const cut = { length: config.length, vocabulary: spec.tokens - 2 };
  let step = 0;
  for (let epoch = 1; step < steps; epoch++) {
    for (const indices of trainingOrder(lengths, config.batch, config.seed, epoch)) {
      if (step === steps) break;
      const batch = makeBatch(
        indices.map((index) => taken[index]!),
        cut,
      );
      for (const [name, tensor] of batchTensors(batch)) tensors.set(`batch${step}.${name}`, tensor);
      step++;
    }
  }
  return writeSafetensors(tensors, configMetadata(model, config));
}

/** Random ids, with PAD in the last third of the last row; all targets are PAD. @returns safetensors */
export function idsFile(rows: number, steps: number, tokens: number): Uint8Array<ArrayBuffer> {
  const random = streamFor(5, 'parity/ids');
  const ids = Int32Array.from({ length: rows * steps }, () => 1 + random.below(tokens - 1));
  ids.fill(PAD_ID, rows * steps - Math.floor(steps / 3));
  const shape = [rows, steps];
  return writeSafetensors(
    new Map<string, Tensor>([
      ['x', { dtype: 'I32', shape, data: ids }],
      ['batch0.x', { dtype: 'I32', shape, data: ids }],
      ['batch0.y', { dtype: 'I32', shape, data: new Int32Array(ids.length) }],
    ]),
  );
}

/** Inputs and targets, [rows, steps] each, as PyTorch takes them with `batch_first`. */
function batchTensors({ rows, steps, inputs, targets }: Batch): [string, Tensor][] {
  const rowMajor = (ids: Int32Array) => ids.map((_, at) => ids[(at % steps) * rows + Math.floor(at / steps)]!);
  const shape = [rows, steps];
  return [
    ['x', { dtype: 'I32', shape, data: rowMajor(inputs) }],
    ['y', { dtype: 'I32', shape, data: rowMajor(targets) }],
  ];
}
