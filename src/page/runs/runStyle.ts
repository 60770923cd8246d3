/** Names and colors of runs, wherever several are shown. */
import { useMemo } from 'react';
import { modelColour, runColour } from './colours.ts';
import { MODEL_STYLE, type RunStyle } from './runSeries.ts';
import { runName } from '#core/runs/runNames.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useRuns } from '../client/stores.ts';

export type RunStyles = Pick<RunStyle, 'colourOf' | 'labelOf' | 'shortOf'>;

/**
 * A run keeps its model's own colour while it is the only one of its model that is drawn; beside others it has the shade of
 * its place among all runs of the model. A colour that the user chose is kept everywhere.
 * @param drawn the runs that are shown together
 */
export function useRunStyles(drawn: readonly RunRecord[]): RunStyles {
  const labels = useRuns((state) => state.labels);
  const runs = useRuns((state) => state.runs);
  return useMemo(() => {
    const numbers = new Map<string, number[]>();
    for (const { model, number } of Object.values(runs)) numbers.set(model, [...(numbers.get(model) ?? []), number]);
    const counts = new Map<string, number>();
    for (const { model } of drawn) counts.set(model, (counts.get(model) ?? 0) + 1);
    const shadeOf = ({ model, number }: RunRecord) => (numbers.get(model) ?? []).filter((one) => one < number).length;
    const alone = ({ model }: RunRecord) => (counts.get(model) ?? 0) < 2;
    return {
      colourOf: (run) =>
        labels[run.id]?.colour ?? (alone(run) ? modelColour(run.model) : runColour(run.model, shadeOf(run))),
      labelOf: (run) => runName(run, labels[run.id]),
      shortOf: (run) => {
        const short = MODEL_STYLE.shortOf(run);
        return labels[run.id]?.name ?? (alone(run) ? short : `${short} ${run.number}`);
      },
    };
  }, [labels, runs, drawn]);
}
