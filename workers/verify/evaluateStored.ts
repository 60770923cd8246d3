/** Measures weights on a data set, as the trainer does at the end of a run, with and without a continuous cache; for the study. */
import { nameFlags } from '#core/cache/rowTexts.ts';
import { rowLength } from '#core/data/batches/batch.ts';
import { parseManifest } from '#core/data/manifest.ts';
import { spreadCodes } from '#core/data/outside.ts';
import { decodeShard } from '#core/data/shards.ts';
import { ignoredIds } from '#core/data/vocabulary.ts';
import { fail } from '#core/failure.ts';
import { readWeightsFile } from '#core/formats/weightsFile.ts';
import type { EvaluatedModel, EvaluationRequest, SplitBytes } from '#core/regression/verifier.ts';
import { openDevice } from '#engine/devices/device.ts';
import { unlessLost } from '#engine/devices/unlessLost.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import { breakdownSum } from '#training/breakdownSum.ts';
import type { TextRows } from '#training/cachedBatch.ts';
import { cutOf } from '#training/data.ts';
import { evaluate, type Evaluation } from '#training/evaluate.ts';
import { searchCache } from '#training/searchCache.ts';

const goOn = () => Promise.resolve(true);

/** @throws LabError `bad-input` where the data set is another one than the weights were trained on */
export async function evaluateStored(request: EvaluationRequest): Promise<EvaluatedModel> {
  const file = readWeightsFile(request.weights);
  const manifest = parseManifest(request.manifest, 'the data set');
  if (manifest.sha256 !== file.dataset.sha256) {
    fail(
      'bad-input',
      'The weights were trained on another version of the data set.',
      'Name the data set that they are of.',
    );
  }
  const { config, spec } = file;
  const device = await openDevice('cpu', { threads: request.threads });
  const cut = cutOf(manifest, config);
  const { batch } = config;
  const plan = await device.prepare({ spec, batch, microBatch: batch, length: cut.length });
  const model = new CompletionModel(spec, file.weights, device.ops);
  device.upload(model.variables.values());
  const work = async (): Promise<EvaluatedModel> => {
    const names = nameFlags(manifest.vocabulary.tokens);
    const [validation, test] = [request.validation, request.test].map((split) => rowsOf(split, manifest.length));
    const searching = await timed(() =>
      searchCache({ device, model, rows: validation!, cut, names, seed: config.seed, onBatch: goOn }),
    );
    const search =
      searching.result ?? fail('bad-input', 'No pair of theta and lambda has a finite loss.', 'Choose other weights.');
    const breakdown = await breakdownSum(test!, cut, manifest);
    const common: Evaluation = {
      device,
      model,
      rows: test!,
      cut,
      batch,
      microBatch: plan.rows,
      ignored: ignoredIds(manifest.vocabulary.tokens),
      onBatch: goOn,
    };
    const without = await timed(() => evaluate(common));
    const cached = await timed(() => evaluate({ ...common, names, cache: search.parameters, breakdown }));
    if (!without.result || !cached.result) throw new Error('nothing ends the evaluation');
    return {
      search,
      without: without.result,
      test: cached.result,
      breakdown: breakdown.result(),
      seconds: { search: searching.seconds, without: without.seconds, with: cached.seconds },
    };
  };
  try {
    return await unlessLost(device, work());
  } finally {
    model.dispose();
    device.release();
  }
}

function rowsOf({ rows: bytes, outside }: SplitBytes, length: number): TextRows {
  const rows = decodeShard(bytes, length);
  const ids = new Uint16Array(rows.length * length);
  for (const [index, row] of rows.entries()) ids.set(row, index * length);
  const codes = spreadCodes(ids, new Uint16Array(outside.slice().buffer));
  const part = (values: Uint16Array, row: number) => values.subarray(row * length, (row + 1) * length);
  return {
    lengths: Uint16Array.from(rows, (row) => rowLength(row)),
    read: (indices) => Promise.resolve(indices.map((index) => part(ids, index))),
    readOutside: (indices) => Promise.resolve(indices.map((index) => part(codes, index))),
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const from = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - from) / 1000 };
}
