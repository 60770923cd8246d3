/** Evaluation of a model by the lab's own engine, with and without a continuous cache, on rows that the benchmark generates. */
import { UNSEARCHED } from '#core/cache/parameters.ts';
import { outsideCode } from '#core/data/outside.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { initialWeights } from '#core/models/weights.ts';
import type { Device } from '#engine/devices/device.ts';
import { CompletionModel } from '#engine/models/completionModel.ts';
import type { TextRows } from '#training/cachedBatch.ts';
import { evaluate, type Evaluation } from '#training/evaluate.ts';
import type { EvaluationTimed, StepsWork } from './protocol.ts';
import { randomStream } from './rows.ts';

/** Approximate number of distinct tokens in a row of 1,000 in the study's files. */
const DISTINCT = 300;

/** Each round evaluates one batch without and then with the cache, so that both run under the same load. */
export async function timeEvaluation(device: Device, { spec, config, timed }: StepsWork): Promise<EvaluationTimed> {
  const plan = await device.prepare({ spec, ...config });
  const model = new CompletionModel(spec, initialWeights(spec, config.seed), device.ops);
  device.upload(model.variables.values());
  const common: Evaluation = {
    device,
    model,
    rows: madeRows(config.batch, config.length, spec.tokens),
    cut: { length: config.length, vocabulary: spec.tokens - 2 },
    batch: config.batch,
    microBatch: plan.rows,
    ignored: new Set(),
    onBatch: () => Promise.resolve(true),
  };
  const names = Array.from({ length: spec.tokens }, (_, id) => id % 2 === 0);
  const time = async (evaluation: Evaluation) => {
    const from = performance.now();
    await Promise.race([evaluate(evaluation), device.lost]);
    return (performance.now() - from) / 1000;
  };
  const cached = { ...common, names, cache: UNSEARCHED };
  await time(common); // compiles
  await time(cached);
  const seconds: { without: number; with: number }[] = [];
  for (let round = 0; round < timed; round++) seconds.push({ without: await time(common), with: await time(cached) });
  model.dispose();
  device.release();
  return { seconds };
}

/** Rows without PAD in which at most `DISTINCT` tokens repeat, a tenth of them `<UNK>`. */
function madeRows(count: number, length: number, tokens: number): TextRows {
  const stream = randomStream('evaluation');
  const rows = Array.from({ length: count }, () => {
    const own = Array.from({ length: DISTINCT }, () =>
      stream.below(10) === 0 ? UNK_ID : 2 + stream.below(tokens - 2),
    );
    return Uint16Array.from({ length }, () => own[stream.below(1 + stream.below(DISTINCT))]!);
  });
  return {
    lengths: Uint16Array.from(rows, (row) => row.length),
    read: (indices) => Promise.resolve(indices.map((index) => rows[index]!)),
    readOutside: (indices) =>
      Promise.resolve(
        indices.map((index) => rows[index]!.map((id, at) => (id === UNK_ID ? outsideCode(1 + (at % 30), true) : 0))),
      ),
  };
}
