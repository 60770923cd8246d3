/** The user's label of a run: stored separately from the run, which the worker writes during training. */
import { z } from 'zod';

export const NAME_LIMIT = 80;
export const NOTES_LIMIT = 20_000;

export const runLabelSchema = z.object({
  /** Id of the run. */
  id: z.string(),
  /** Null if the run has its default name. */
  name: z.string().min(1).max(NAME_LIMIT).nullable(),
  notes: z.string().max(NOTES_LIMIT),
  /** `#rrggbb`; null if the run has its default color. */
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** Milliseconds since 1970 at which it was deleted; it can be restored until the lab is opened the next time. */
  deletedAt: z.number().nullable(),
});
export type RunLabel = z.infer<typeof runLabelSchema>;

export function emptyLabel(id: string): RunLabel {
  return { id, name: null, notes: '', colour: null, deletedAt: null };
}
