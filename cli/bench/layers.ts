/**
 * Training steps of an LSTM with one to four recurrent layers, to see whether the time per layer is that of a model with two. Every layer
 * has the same width, and the vocabulary is so small that the output layer hardly matters. The numbers of layers are timed in turn, in
 * several rounds, so that other work on the machine slows all of them equally. The fastest step counts, since other work can only make
 * steps slower.
 */
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { MAX_LAYERS } from '#core/models/registry.ts';
import { formatCounted } from '#core/format.ts';
import { webGpuHere } from '../lib/browser.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import { openSubjects } from './subjects.ts';
import { modelWork, stepsFigures, TrainingLab } from './trainLab.ts';

const TASK = presetConfig('task', 1_000);
const VOCABULARY = 62;
const DEPTHS = Array.from({ length: MAX_LAYERS }, (_, index) => index + 1);
/** The task's number of layers. */
const COMPARED = 2;

interface Amounts {
  /** Steps through time. */
  readonly steps: number;
  readonly rounds: number;
  /** Timed training steps of each depth in a round. */
  readonly timed: number;
}

const AMOUNTS: Amounts = { steps: 200, rounds: 5, timed: 3 };
const QUICK_AMOUNTS: Amounts = { steps: 50, rounds: 3, timed: 2 };

export const layersBench: Bench = {
  name: 'layers',
  summary: 'training steps of one to four recurrent layers: the time of a layer, compared with that of one of two',
  async run(options) {
    const { device, say } = options;
    const subjects = await openSubjects({ webGpu: device === 'webgpu' ? webGpuHere() : 'system', say });
    try {
      return await layersRows(await TrainingLab.open(subjects, { kind: device }, say), options);
    } finally {
      await subjects.close();
    }
  },
};

async function layersRows(lab: TrainingLab, { quick }: BenchOptions): Promise<BenchRow[]> {
  const { steps, rounds, timed } = quick ? QUICK_AMOUNTS : AMOUNTS;
  const workOf = (layers: number) => {
    const config: TrainingConfig = {
      ...TASK,
      vocabulary: VOCABULARY,
      embedding: TASK.hidden,
      length: steps + 1,
      layers,
    };
    return { ...modelWork('lstm', config), timed };
  };
  const seconds = new Map<number, number[]>(DEPTHS.map((layers) => [layers, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const layers of DEPTHS) {
      const what = `Training steps of ${formatCounted(layers, 'layer')}, round ${round} of ${rounds}`;
      seconds.get(layers)!.push(...(await lab.steps(what, workOf(layers))).seconds);
    }
  }
  const fastest = (layers: number) => Math.min(...seconds.get(layers)!);
  const ofLayer = (layers: number) => fastest(layers) / layers;
  return DEPTHS.map((layers) => ({
    ...lab.row,
    bench: 'layers',
    what: formatCounted(layers, 'layer'),
    ...stepsFigures(workOf(layers), [fastest(layers)]),
    ...(layers === COMPARED ? {} : { ratio: ofLayer(layers) / ofLayer(COMPARED), against: 'a layer of two' }),
  }));
}
