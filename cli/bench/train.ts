/**
 * Training steps of the full-size models in headless Chromium, on WebGPU or on the CPU, compared with other software. Each also checks
 * whether two runs give the same bits.
 */
import { webGpuHere } from '../lib/browser.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import { openSubjects, type Subjects } from './subjects.ts';
import { cpuRows, SOFTWARE_WEBGL } from './trainCpu.ts';
import { TIMED_CELLS, PRODUCTS, SHORT, stepsWork, TrainingLab } from './trainLab.ts';
import { webgpuRows } from './trainWebgpu.ts';

export const trainBench: Bench = {
  name: 'train',
  summary: 'training steps, matrix products, repeatability; compared with TensorFlow.js and jax-js or PyTorch',
  async run(options) {
    const { device, say } = options;
    const subjects = await openSubjects({
      webGpu: device === 'webgpu' ? webGpuHere() : 'system',
      flags: device === 'cpu' ? SOFTWARE_WEBGL : [],
      say,
    });
    try {
      return await rowsOf(subjects, options);
    } finally {
      await subjects.close();
    }
  },
};

function rowsOf(subjects: Subjects, options: BenchOptions): Promise<BenchRow[]> {
  switch (options.device) {
    case 'webgpu':
      return webgpuRows(subjects, options);
    case 'cpu':
      return cpuRows(subjects, options);
    case 'reference':
      return referenceRows(subjects, options);
    default:
      return options.device satisfies never;
  }
}

/** Only the lab, since the speed of the plain ops only matters to people who work on them. */
async function referenceRows(subjects: Subjects, { device, quick, say }: BenchOptions): Promise<BenchRow[]> {
  const lab = await TrainingLab.open(subjects, { kind: device }, say);
  const timed = quick ? 2 : 5;
  const rows: BenchRow[] = [];
  for (const cell of TIMED_CELLS) rows.push(await lab.training(stepsWork(cell, SHORT, timed)));
  for (const size of PRODUCTS) rows.push(await lab.product(size, timed, 1));
  rows.push(await lab.twoRuns(quick ? 10 : 50));
  return rows;
}
