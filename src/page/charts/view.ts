/** How the user wants the curves drawn; stored in this browser. */
import { z } from 'zod';
import { createPersisted } from '../ui/persisted.ts';
import { MAX_SMOOTHING } from './smoothing.ts';
import { X_KINDS } from './xKinds.ts';

const scale = z.enum(['linear', 'log']);

const viewSchema = z.object({
  x: z.enum(X_KINDS).catch('epoch'),
  /** Weight of what came before, in curves a step; 0 is off. */
  smoothing: z.number().min(0).max(MAX_SMOOTHING).catch(0.8),
  lossScale: scale.catch('linear'),
  perplexityScale: scale.catch('log'),
  /** Curves of the training part beside those of validation. */
  train: z.boolean().catch(true),
  yardsticks: z.boolean().catch(true),
  /** Runs that differ only in their seed as their mean, each seed thin beneath it. */
  pooled: z.boolean().catch(false),
});
export type ChartView = z.infer<typeof viewSchema>;

export const useChartView = createPersisted<ChartView>({
  key: 'minicopilot.charts',
  what: 'how the charts are drawn',
  schema: viewSchema,
  empty: {},
});
