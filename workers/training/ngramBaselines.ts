/** Counts unigrams and bigrams in the training rows of a run, and measures both models on its validation rows. */
import type { Manifest } from '#core/data/manifest.ts';
import { SPECIAL_IDS, UNK_ID, ignoredIds } from '#core/data/vocabulary.ts';
import { NgramModel } from '#core/metrics/ngram.ts';
import type { NgramBaseline } from '#core/runs/run.ts';
import type { Cut } from '#core/data/batches/batch.ts';
import type { Rows } from '#core/data/batches/rows.ts';
import type { TrainingData } from './data.ts';

export async function measureNgramBaselines(data: TrainingData, manifest: Manifest): Promise<NgramBaseline[]> {
  const { cut } = data;
  const model = new NgramModel(await cutRows(data.train, cut), cut.vocabulary + SPECIAL_IDS);
  const measures = model.evaluate(await cutRows(data.validation, cut), ignoredIds(manifest.vocabulary.tokens));
  return [
    { name: 'unigram', validation: measures.unigram },
    { name: 'bigram', validation: measures.bigram },
  ];
}

async function cutRows(rows: Rows, cut: Cut): Promise<Uint16Array[]> {
  const limit = cut.vocabulary + SPECIAL_IDS;
  const whole = await rows.read([...rows.lengths.keys()]);
  return whole.map((row, index) => {
    const length = Math.min(rows.lengths[index]!, cut.length);
    return row.slice(0, length).map((id) => (id < limit ? id : UNK_ID));
  });
}
