/** Exports weights in either format, whole runs, and data sets for other programs. */
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { fail } from '#core/failure.ts';
import { MODEL_FILE, WEIGHTS_FILE, writeLayersModel } from '#core/formats/layersModel.ts';
import { halfWeightsFileName, inHalfPrecision, readWeightsFile, weightsFileName } from '#core/formats/weightsFile.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import type { DownloadedFile, ExportRequest, WeightsFormat } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { packRun } from '#core/formats/runFile.ts';
import { findRun, readBreakdown, readLabel, readSteps, readWeights, requireRun } from '#storage/runs.ts';

/** @throws LabError `not-found` where none are stored */
export async function exportWeights(database: Database, runId: string, format: WeightsFormat): Promise<DownloadedFile> {
  const run = await findRun(database, runId);
  const bytes = await readWeights(database, runId);
  if (!run || !bytes) {
    fail('not-found', 'No weights of this run are stored.', 'A run has weights after its first epoch.');
  }
  switch (format) {
    case 'safetensors':
      return { name: weightsFileName(run.model), bytes };
    case 'safetensors-half':
      return { name: halfWeightsFileName(run.model), bytes: inHalfPrecision(bytes) };
    case 'tfjs':
      return { name: `${run.model}.tfjs.zip`, bytes: await layersModel(bytes) };
    default:
      return format satisfies never;
  }
}

async function layersModel(safetensors: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { spec, config, weights: tensors, metadata } = readWeightsFile(safetensors);
  const { model, weights } = writeLayersModel(spec, tensors, config.dropout, metadata);
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await zip.add(MODEL_FILE, new TextReader(model), { level: 6 });
  await zip.add(WEIGHTS_FILE, new Uint8ArrayReader(weights), { level: 0 }); // weights do not compress
  return new Uint8Array(await zip.close());
}

/** A run as one file. @throws LabError `not-found`, or `bad-input` where a part of it is damaged, which is then listed */
export async function exportRun(
  database: Database,
  { id, weights }: ExportRequest,
  damaged: DamagedRecords,
): Promise<DownloadedFile> {
  const run = await requireRun(database, id);
  const bytes = await packRun({
    run,
    label: await readLabel(database, id),
    steps: await damaged.reading('steps', id, () => readSteps(database, id)),
    breakdown: await damaged.reading('breakdowns', id, () => readBreakdown(database, id)),
    weights: weights ? await readWeights(database, id) : undefined,
  });
  return { name: `${run.model}-${run.number}.run.zip`, bytes };
}
