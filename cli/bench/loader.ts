/** How long training waits for its data: one epoch of the preset `quick`, in the page, on the CPU. */
import { openLab } from '../lib/page.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { TrainingTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, plannedConfig, train, type TrainingPlan } from '../lib/training.ts';
import { fail } from '#core/failure.ts';
import type { BenchRow } from './bench.ts';

const PLAN: TrainingPlan = {
  dataset: DEFAULT_DATASET,
  models: ['rnn'],
  device: 'cpu',
  preset: 'quick',
  changes: { epochs: 1 },
};

/** @param rows maximum number of training rows; null for all */
export async function loaderRow(rows: number | null): Promise<BenchRow> {
  await ensureDefaultDataset();
  const built = await buildSite();
  const site = await serveSite(built, { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, 'system');
    try {
      const terminal = new TrainingTerminal({ isTTY: false, columns: 80, write: () => undefined });
      const manifest = await loadDataset(lab, PLAN.dataset, terminal);
      const config = { ...plannedConfig(PLAN, manifest), trainFiles: rows };
      const { runs, failure } = await train(lab, PLAN, config, terminal, new AbortController().signal);
      const epoch = runs[0]?.epochs[0];
      if (failure !== null) throw failure;
      if (epoch?.dataWaitSeconds === undefined) fail('internal', 'The epoch was not measured.', 'Please report it.');
      return {
        bench: 'data',
        what: 'loader',
        device: 'cpu',
        subject: 'lab',
        model: 'rnn',
        batch: config.batch,
        steps: config.length - 1,
        tokensPerSecond: epoch.tokensPerSecond,
        milliseconds: epoch.seconds * 1000,
        waitShare: epoch.dataWaitSeconds / epoch.seconds,
      };
    } finally {
      await lab.close();
    }
  } finally {
    await site.close();
  }
}
