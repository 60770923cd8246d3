/** Evaluation of the full-size models with and without a continuous cache. The cache may add a tenth to the time. */
import { webGpuHere } from '../lib/browser.ts';
import type { Bench, BenchRow } from './bench.ts';
import { openSubjects } from './subjects.ts';
import { median, nameOf, PATIENCE, stepsWork, TIMED_CELLS, TrainingLab } from './trainLab.ts';

/** Steps through time of the task's rows. A software adapter takes about ten seconds for two rows. */
const STEPS = 999;

export const evaluateBench: Bench = {
  name: 'evaluate',
  summary: 'evaluation of full-size models without and with a continuous cache',
  async run({ device, quick, say }) {
    const subjects = await openSubjects({ webGpu: device === 'webgpu' ? webGpuHere() : 'system', say });
    try {
      const lab = await TrainingLab.open(subjects, { kind: device }, say);
      const rows: BenchRow[] = [];
      for (const cell of TIMED_CELLS) {
        const work = stepsWork(cell, { batch: device === 'cpu' && !quick ? 8 : 2, steps: STEPS }, quick ? 2 : 5);
        const { seconds } = await subjects.measure(`Evaluation of the ${nameOf(work)}`, PATIENCE, (page) =>
          page.evaluate(({ device, work }) => globalThis.bench.lab.evaluation(device, work), {
            device: { kind: device },
            work,
          }),
        );
        const milliseconds = (which: 'without' | 'with') => 1000 * median(seconds.map((round) => round[which]));
        const common = { ...lab.row, bench: 'evaluate', model: cell, batch: work.config.batch, steps: STEPS } as const;
        // the median of the ratios of each round, whose two evaluations ran one right after the other
        const ratio = median(seconds.map((round) => round.with / round.without));
        rows.push(
          { ...common, what: 'a batch', milliseconds: milliseconds('without') },
          {
            ...common,
            what: 'a batch with a cache',
            milliseconds: milliseconds('with'),
            ratio,
            against: 'evaluation without',
          },
        );
      }
      return rows;
    } finally {
      await subjects.close();
    }
  },
};
