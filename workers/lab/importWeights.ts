/** Imported weights (safetensors) as runs: the lab's own, whose metadata are complete, and those of other networks. */
import { presetConfig } from '#core/settings/config.ts';
import { modelWith } from '#core/models/registry.ts';
import { sha256Hex } from '#core/data/hash.ts';
import { SPECIAL_IDS } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { recogniseWeights, type ForeignWeights } from '#core/formats/foreignWeights.ts';
import { ignoredInWords, ignoredOf, listTensors, type IgnoredTensor } from '#core/formats/ignored.ts';
import { runOfWeights, type UnnumberedRun } from '#core/formats/runs.ts';
import { emptyLabel, type RunLabel } from '#core/runs/runLabel.ts';
import { readSafetensors, writeSafetensors, type TensorInfo } from '#core/models/safetensors.ts';
import { weightShapes } from '#core/models/weights.ts';
import { isDescribed, readWeightsFile, writeWeightsFile, type WeightsFile } from '#core/formats/weightsFile.ts';
import type { ForeignModel, WeightsQuestion } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { findDataset } from '#storage/datasets.ts';
import type { RunParts } from '#storage/runs.ts';

/** A run read from a file and not stored yet. */
export interface ImportedParts {
  readonly run: UnnumberedRun;
  readonly label: RunLabel;
  readonly parts: RunParts;
  /** Tensors of the file that its network does not need. */
  readonly ignored?: readonly TensorInfo[];
}

interface ChosenFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Tensors that a run's notes name. */
const MAX_NOTED = 100;

/** @returns a question where the file does not say everything and `foreign` is null */
export async function fromWeights(
  database: Database,
  file: ChosenFile,
  foreign: ForeignModel | null,
): Promise<readonly ImportedParts[] | WeightsQuestion> {
  const content = readSafetensors(file.bytes);
  const { metadata } = content;
  if (isDescribed(metadata)) {
    const own = readOwnWeights(writeSafetensors(content.tensors, metadata), file.name, content.infos);
    return [await alone(own, file.at)];
  }
  const { weights, ...network } = recogniseWeights(content, foreign?.order ?? null);
  if (!foreign) return { name: file.name, ...network };
  return [await named(database, { weights, ...network }, foreign, file)];
}

/** A run of weights whose metadata are complete. @param at milliseconds since 1970 */
export async function alone({ file, bytes, ignored }: OwnWeights, at: number): Promise<ImportedParts> {
  const { model, spec, config, dataset } = file;
  const fingerprint = await sha256Hex(bytes);
  const run = runOfWeights(model, spec, { config, dataset, fingerprint, at });
  return { run, label: { ...emptyLabel(run.id), notes: ignoredNote(ignored) }, parts: { weights: bytes }, ignored };
}

/** A run of weights whose missing metadata the user supplied; the same run as from a file that has them. */
async function named(
  database: Database,
  { weights, cell, tokens, embedding, hidden, layers, weightTying, undecided, ignored, assumed }: ForeignWeights,
  { datasetId, residual, activation, order, withoutLayers }: ForeignModel,
  { name, at }: ChosenFile,
): Promise<ImportedParts> {
  if (undecided) {
    const [one, other] = undecided.map((module) => module.name);
    fail('bad-input', `${name} does not say which comes first, ${one} or ${other}.`, 'Choose the order of the layers.');
  }
  if (!withoutLayers) requireNoLayers(ignored, name);
  const manifest = (await findDataset(database, datasetId))?.manifest;
  if (!manifest) fail('not-found', `The data set ${datasetId} is no longer stored here.`, 'Choose another.');
  const vocabulary = tokens - SPECIAL_IDS;
  if (vocabulary < 1 || vocabulary > manifest.vocabulary.tokens.length) {
    fail(
      'bad-input',
      `${name} has ${tokens} tokens, with PAD and UNK; ${manifest.title} has ${manifest.vocabulary.tokens.length + SPECIAL_IDS}.`,
      'Choose the data set that the model was trained on.',
    );
  }
  const model = modelWith(cell, residual);
  const network = { vocabulary, embedding, hidden, layers, weightTying, activation };
  const config = { ...presetConfig('task', manifest.splits.train.rows), ...network };
  // the order is kept with the weights, since notes can be edited
  const origin = order && { layers: order };
  const bytes = writeWeightsFile({ model, config, manifest, weights, origin });
  const incoming = await alone(readOwnWeights(bytes, name), at);
  const notes = [
    `Imported from ${name}, which does not say how it was trained. Settings such as learning rate and batch size are the lab's defaults.`,
    ...(order ? [`Layer 1 is ${order[0]}, layer 2 is ${order[1]}, as you chose.`] : []),
    ...assumed,
    ignoredNote(ignored),
  ];
  return { ...incoming, label: { ...incoming.label, notes: notes.join(' ').trim() }, ignored };
}

/** Weights in the lab's own format. */
export interface OwnWeights {
  readonly file: WeightsFile;
  /** Safetensors, without the tensors that the network does not need. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ignored: readonly IgnoredTensor[];
}

/**
 * Reads a file of the lab's own format.
 * @param infos tensors that the file had, where `bytes` do not have them all
 * @throws LabError `bad-input` unless every tensor of the network that the file names is there in its shape, and no other layer
 */
export function readOwnWeights(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  infos?: readonly TensorInfo[],
): OwnWeights {
  const file = readWeightsFile(bytes);
  const shapes = weightShapes(file.spec);
  const wrong = shapes.find(({ name: tensor, shape }) => file.weights.get(tensor)?.shape.join() !== shape.join());
  if (wrong) {
    const what = `${name} has no ${wrong.name} of shape [${wrong.shape.join(', ')}].`;
    fail('bad-input', what, 'Export the weights again.');
  }
  const ignored = ignoredOf(infos ?? file.infos, (tensor) => shapes.some((shape) => shape.name === tensor));
  requireNoLayers(ignored, name);
  if (ignored.length === 0) return { file, bytes, ignored };
  const needed = new Map(shapes.map((shape) => [shape.name, file.weights.get(shape.name)!]));
  return { file, bytes: writeSafetensors(needed, file.metadata), ignored };
}

function requireNoLayers(ignored: readonly IgnoredTensor[], name: string): void {
  const layers = ignored.filter(({ mayBeLayer }) => mayBeLayer);
  if (layers.length === 0) return;
  fail(
    'bad-input',
    `${name} has tensors that the network does not have, perhaps layers: ${listTensors(layers)}.`,
    'If the network does not use them, export the weights again without them.',
  );
}

/** What a run's notes say of tensors that were ignored. */
export function ignoredNote(ignored: readonly TensorInfo[]): string {
  return ignoredInWords(ignored, MAX_NOTED);
}
