/** Gradient norms of the recurrent layers, at the start of training or over its later half, for the discussion. */
import type { RunRecord } from '../run.ts';
import { LAYERS, type StepTable } from '../stepTable.ts';
import type { LayerNorms } from './discussion.ts';

/** Rows of a table of steps: from, and up to. */
type Span = (rows: number) => readonly [from: number, to: number];

const LATER_HALF: Span = (rows) => [Math.floor(rows / 2), rows];
/** Before a weight has moved. */
export const FIRST_STEP: Span = () => [0, 1];

/** Means over a span, the later half where none is named. One of each model: the oldest run whose layers were measured. */
export function layerNorms(
  runs: readonly RunRecord[],
  steps: Readonly<Record<string, StepTable>>,
  span = LATER_HALF,
): readonly LayerNorms[] {
  const found = new Map<string, LayerNorms>();
  for (const { id, model } of runs) {
    const table = steps[id];
    if (!table || found.has(model)) continue;
    const [layer1, layer2] = (['layer 1', 'layer 2'] as const).map((layer) =>
      meanOver(span, table, LAYERS.indexOf(layer)),
    );
    if (layer1 !== undefined && layer2 !== undefined && layer1 > 0 && layer2 > 0) {
      found.set(model, { model, layer1, layer2 });
    }
  }
  return [...found.values()];
}

function meanOver(span: Span, { step, layerNorms: norms }: StepTable, layer: number): number {
  const [from, to] = span(step.length);
  let sum = 0;
  let count = 0;
  for (let row = from; row < to; row++) {
    const norm = norms[row * LAYERS.length + layer]!;
    if (!Number.isFinite(norm)) continue;
    sum += norm;
    count++;
  }
  return sum / count;
}
