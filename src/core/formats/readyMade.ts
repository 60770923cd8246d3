/** Models that come with the site, for code completion before any training: `models/index.json` names their folders. */
import { z } from 'zod';
import { runsOfMetrics } from './runs.ts';
import { parseMetrics } from './metrics.ts';
import { halfWeightsFileName } from './weightsFile.ts';
import { fail } from '../failure.ts';
import type { RunRecord } from '../runs/run.ts';

export const READY_MADE_SCHEMA = 1;

const REMEDY = 'Try again. Models that you trained or imported work without them.';

/** Names only: the list must not be able to point elsewhere. */
const indexSchema = z.object({
  schema: z.literal(READY_MADE_SCHEMA),
  models: z
    .array(z.object({ folder: z.string().regex(/^[a-z0-9][a-z0-9-]*$/), title: z.string().min(1).max(80) }))
    .max(20),
});
export type ReadyMadeIndex = z.infer<typeof indexSchema>;

/** A model of the site as if it were a run; its id is no run's. */
export interface ReadyMade {
  readonly title: string;
  readonly run: RunRecord;
  /** Address of its weights, relative to the site. */
  readonly address: string;
}

/** @throws LabError `bad-input` for anything that is no such list */
export function parseReadyMadeIndex(text: string): ReadyMadeIndex {
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch (error) {
    fail('bad-input', 'The list of included models, models/index.json, is damaged.', REMEDY, error);
  }
}

/**
 * The first model of a folder's `metrics.json`.
 * @throws LabError `bad-input` or `unknown-version`
 */
export function readyMadeOf({ folder, title }: ReadyMadeIndex['models'][number], metrics: string): ReadyMade | null {
  const where = `models/${folder}`;
  const parsed = parseMetrics(metrics, `${where}/metrics.json`);
  const weighed = new Set(parsed.models.map(({ name }) => name));
  const [run] = runsOfMetrics(parsed, { fingerprint: `ready-made/${folder}`, weighed, at: 0 });
  return run ? { title, run: { ...run, number: 0 }, address: `${where}/${halfWeightsFileName(run.model)}` } : null;
}
