/**
 * Imports runs: an exported run, the measures of a training (`metrics.json`) with its weights, weights alone (safetensors, the lab's or
 * those of another network with the same architecture), or a LayersModel. Each file is read and checked completely before it is stored, and
 * one that cannot be read does not affect the others.
 */
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { sha256Hex } from '#core/data/hash.ts';
import { fail, failureOf } from '#core/failure.ts';
import { MODEL_FILE, readLayersModel, WEIGHTS_FILE } from '#core/formats/layersModel.ts';
import { runsOfMetrics } from '#core/formats/runs.ts';
import { parseMetrics } from '#core/formats/metrics.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { writeSafetensors, type TensorInfo } from '#core/models/safetensors.ts';
import { weightsFileName } from '#core/formats/weightsFile.ts';
import { alone, fromWeights, ignoredNote, readOwnWeights, type ImportedParts } from './importWeights.ts';
import type { ImportRunsRequest, ImportedRuns, ImportedRun, WeightsQuestion } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { HEAD, RUN_PARTS, runOfParts } from '#core/formats/runFile.ts';
import { nextNumber, readRuns, storeRun } from '#storage/runs.ts';
import { MAX_WEIGHT_BYTES, readParts } from '#core/formats/zipParts.ts';

/** Bytes of a `metrics.json` or `model.json` at most: a vocabulary of the largest size takes one. */
const MAX_TEXT_BYTES = 64e6;
const LAYERS_PARTS = { [MODEL_FILE]: MAX_TEXT_BYTES, [WEIGHTS_FILE]: MAX_WEIGHT_BYTES };

/** Files that belong together, and how they are read. */
interface Bundle {
  readonly name: string;
  readonly read: () => Promise<readonly ImportedParts[] | WeightsQuestion>;
}

/** @returns what came in, what has to be asked first, and what could not be read and why */
export async function importRuns(database: Database, request: ImportRunsRequest): Promise<ImportedRuns> {
  const runs: ImportedRun[] = [];
  const questions: WeightsQuestion[] = [];
  const refused: ImportedRuns['refused'][number][] = [];
  for (const { name, read } of await bundlesOf(database, request)) {
    try {
      const found = await read();
      if ('cell' in found) questions.push(found);
      else for (const incoming of found) runs.push(await keep(database, incoming));
    } catch (error) {
      refused.push({ name, failure: failureOf(error) });
    }
  }
  return { runs, questions, refused };
}

/** A training's measures take the weights beside them that bear its models' names; a LayersModel takes its weights. */
async function bundlesOf(database: Database, { files, foreign }: ImportRunsRequest): Promise<Bundle[]> {
  const left = new Set(files);
  const ending = (text: string) => [...left].filter(({ name }) => name.toLowerCase().endsWith(text));
  const bundles: Bundle[] = [];
  for (const file of ending('.zip')) {
    left.delete(file);
    bundles.push({ name: file.name, read: () => fromZip(file) });
  }
  for (const file of ending('.json')) {
    left.delete(file);
    if (await isLayersModel(file)) {
      const weights = ending('.bin');
      for (const part of weights) left.delete(part);
      bundles.push({ name: file.name, read: () => fromLayersModel(file, weights) });
    } else {
      const beside = new Map<ModelName, File>();
      for (const model of MODEL_NAMES) {
        const weights = [...left].find(({ name }) => name === weightsFileName(model));
        if (weights) beside.set(model, weights);
        if (weights) left.delete(weights);
      }
      bundles.push({ name: file.name, read: () => fromMetrics(file, beside) });
    }
  }
  for (const file of left) {
    bundles.push({
      name: file.name,
      read: async () =>
        file.name.toLowerCase().endsWith('.safetensors')
          ? fromWeights(database, { bytes: await bytesOf(file), name: file.name, at: file.lastModified }, foreign)
          : unknown(),
    });
  }
  return bundles;
}

async function isLayersModel(file: File): Promise<boolean> {
  return file.name.toLowerCase() === MODEL_FILE || (await file.slice(0, 1_000).text()).includes('layers-model');
}

async function fromZip(file: File): Promise<readonly ImportedParts[]> {
  const parts = await readParts(file, { ...RUN_PARTS, ...LAYERS_PARTS }, (what, cause) =>
    fail('bad-input', `${file.name} cannot be read: ${what}.`, 'Export it again where it was made.', cause),
  );
  const [model, weights] = [parts.get(MODEL_FILE), parts.get(WEIGHTS_FILE)];
  if (!parts.has(HEAD) && model && weights)
    return layersModel(new TextDecoder().decode(model), weights, file.lastModified);
  const { run, label, ...rest } = runOfParts(parts);
  return [{ run, label, parts: rest }];
}

async function fromLayersModel(file: File, weights: readonly File[]): Promise<readonly ImportedParts[]> {
  const [bin, ...more] = weights;
  if (!bin || more.length > 0) {
    fail(
      'bad-input',
      bin ? 'A LayersModel of the lab has its weights in one file.' : `The weights of ${file.name} are missing.`,
      `Choose ${MODEL_FILE} and ${WEIGHTS_FILE} together.`,
    );
  }
  return layersModel(await textOf(file), await bytesOf(bin), file.lastModified);
}

async function layersModel(model: string, weights: Uint8Array, at: number): Promise<readonly ImportedParts[]> {
  const { tensors, metadata } = readLayersModel({ model, weights });
  return [await alone(readOwnWeights(writeSafetensors(tensors, metadata), MODEL_FILE), at)];
}

async function fromMetrics(file: File, beside: ReadonlyMap<ModelName, File>): Promise<readonly ImportedParts[]> {
  const text = await textOf(file);
  const metrics = parseMetrics(text, file.name);
  const weighed = new Map<
    ModelName,
    { readonly weights: Uint8Array<ArrayBuffer>; readonly ignored: readonly TensorInfo[] }
  >();
  for (const [model, weights] of beside) {
    if (!metrics.models.some(({ name }) => name === model)) {
      fail(
        'bad-input',
        `${file.name} has no metrics for ${model}, whose weights you also chose.`,
        'Import them separately.',
      );
    }
    const { file: said, bytes, ignored } = readOwnWeights(await bytesOf(weights), weights.name);
    const { model: own, dataset } = said;
    if (own !== model || dataset.sha256 !== metrics.dataset.sha256) {
      fail(
        'bad-input',
        `${weights.name} has a model ${own} trained on the data set ${dataset.id}, not the one in ${file.name}.`,
        'Choose files from the same training run.',
      );
    }
    weighed.set(model, { weights: bytes, ignored });
  }
  const fingerprint = await sha256Hex(text);
  const runs = runsOfMetrics(metrics, { fingerprint, weighed: new Set(weighed.keys()), at: file.lastModified });
  return runs.map((run) => {
    const { weights, ignored = [] } = weighed.get(run.model) ?? {};
    const label = { ...emptyLabel(run.id), notes: ignoredNote(ignored) };
    return { run, label, parts: { weights }, ignored };
  });
}

async function keep(
  database: Database,
  { run: theirs, label, parts, ignored = [] }: ImportedParts,
): Promise<ImportedRun> {
  const { runs, damaged } = await readRuns(database);
  if (damaged.some(({ store, id }) => store === 'runs' && id === theirs.id)) {
    fail(
      'busy',
      'This run already exists here, and its record is damaged.',
      'Delete it first: it is listed under “Damaged records” in Compare. Then import this file again.',
    );
  }
  if (runs.some(({ id }) => id === theirs.id)) {
    fail('busy', 'This run already exists here.', 'Find it in the list of runs. To replace it, delete it first.');
  }
  const run = { ...theirs, number: await nextNumber(database) };
  const own = { ...label, deletedAt: null };
  await storeRun(database, run, { ...parts, label: own });
  return { run, label: own, ...(ignored.length > 0 && { ignored }) };
}

async function textOf(file: File): Promise<string> {
  requireBelow(file, MAX_TEXT_BYTES);
  return file.text();
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  requireBelow(file, MAX_WEIGHT_BYTES);
  return new Uint8Array(await file.arrayBuffer());
}

function requireBelow({ name, size }: File, most: number): void {
  if (size > most)
    fail('bad-input', `${name} has ${size} bytes, more than any file of the lab.`, 'Choose another file.');
}

function unknown(): never {
  return fail(
    'bad-input',
    'The lab cannot import this file.',
    'Choose a run (.zip), a metrics.json with its weights, weights (.safetensors), or a LayersModel (model.json and weights.bin).',
  );
}
