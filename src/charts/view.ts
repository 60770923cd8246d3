/** How a person wants the curves drawn: kept in this browser. */
import { create } from 'zustand';
import { z } from 'zod';
import { MOST_SMOOTHING } from './smoothing.ts';
import { X_KINDS } from './xKinds.ts';

const scale = z.enum(['linear', 'log']);

const viewSchema = z.object({
  x: z.enum(X_KINDS).catch('epoch'),
  /** Weight of what came before, in curves a step; 0 is off. */
  smoothing: z.number().min(0).max(MOST_SMOOTHING).catch(0.8),
  lossScale: scale.catch('linear'),
  perplexityScale: scale.catch('log'),
  /** Curves of the training part beside those of validation. */
  train: z.boolean().catch(true),
  yardsticks: z.boolean().catch(true),
});
export type ChartView = z.infer<typeof viewSchema>;

const KEY = 'minicopilot.charts';

function kept(): ChartView {
  try {
    const text = localStorage.getItem(KEY);
    return viewSchema.parse(text === null ? {} : JSON.parse(text));
  } catch {
    return viewSchema.parse({}); // Refused in some private windows, or not what this lab wrote.
  }
}

export const useChartView = create<ChartView>()(() => kept());

export function setChartView(change: Partial<ChartView>): void {
  useChartView.setState(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(useChartView.getState()));
  } catch {
    // The choice holds for this visit.
  }
}
