/** Gradient norms of the recurrent layers over the later half of training, for the discussion. */
import type { RunRecord } from '../run.ts';
import { LAYERS, type StepTable } from '../stepTable.ts';
import type { LayerNorms } from './discussion.ts';

/** One of each model: the oldest run whose layers were measured. */
export function layerNorms(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, StepTable>>,
): readonly LayerNorms[] {
  const found = new Map<string, LayerNorms>();
  for (const { id, model } of runs) {
    const table = steps[id];
    if (!table || found.has(model)) continue;
    const [layer1, layer2] = (['layer 1', 'layer 2'] as const).map((layer) => laterMean(table, LAYERS.indexOf(layer)));
    if (layer1 !== undefined && layer2 !== undefined && layer1 > 0 && layer2 > 0) {
      found.set(model, { model, layer1, layer2 });
    }
  }
  return [...found.values()];
}

function laterMean({ step, layerNorms: norms }: StepTable, layer: number): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(step.length / 2); row < step.length; row++) {
    const norm = norms[row * LAYERS.length + layer]!;
    if (!Number.isFinite(norm)) continue;
    sum += norm;
    count++;
  }
  return sum / count;
}
