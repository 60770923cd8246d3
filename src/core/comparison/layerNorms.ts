/** Gradient norms of the recurrent layers, at the start of training or over its later half, for the discussion. */
import { MODEL_NAMES } from '../models/registry.ts';
import type { RunRecord } from '../runs/run.ts';
import { layersIn, type Layer, type StepTable } from '../runs/stepTable.ts';
import type { LayerNorms } from './discussion.ts';
import { poolKey, spread } from './pools.ts';

/** Rows of a table of steps: from, and up to. */
type Span = (rows: number) => readonly [from: number, to: number];

const LATER_HALF: Span = (rows) => [Math.floor(rows / 2), rows];
/** Before the weights have changed. */
export const FIRST_STEP: Span = () => [0, 1];

/** Means over a span, the later half where none is named, and over seeds. One pool of each model: the oldest whose layers were measured. */
export function layerNorms(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, StepTable>>,
  span = LATER_HALF,
): readonly LayerNorms[] {
  const measured = runs.flatMap((run) => {
    const table = steps[run.id];
    if (!table) return [];
    // The discussion compares two layers.
    if (layersIn(table).filter((layer) => layer.startsWith('layer')).length !== 2) return [];
    const [layer1, layer2] = [meanOver(span, table, 'layer 1'), meanOver(span, table, 'layer 2')];
    return layer1 > 0 && layer2 > 0 ? [{ model: run.model, key: poolKey(run), layer1, layer2 }] : [];
  });
  return MODEL_NAMES.flatMap((model) => {
    const key = measured.find((one) => one.model === model)?.key;
    const pool = measured.filter((one) => one.key === key);
    if (pool.length === 0) return [];
    const mean = (layer: 'layer1' | 'layer2') => spread(pool.map((one) => one[layer])).mean;
    return { model, layer1: mean('layer1'), layer2: mean('layer2') };
  });
}

function meanOver(span: Span, table: StepTable, name: Layer): number {
  const { step, layerNorms: norms } = table;
  const layers = layersIn(table);
  const layer = layers.indexOf(name);
  const [from, to] = span(step.length);
  let sum = 0;
  let count = 0;
  for (let row = from; row < to; row++) {
    const norm = norms[row * layers.length + layer]!;
    if (!Number.isFinite(norm)) continue;
    sum += norm;
    count++;
  }
  return sum / count;
}
