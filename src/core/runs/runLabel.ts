/**
 * The user's label of a run: stored separately from the run, which the worker writes during training. An experiment has a name and notes
 * in the same way, under an id of its own.
 */
import { z } from 'zod';

export const NAME_LIMIT = 80;
export const NOTES_LIMIT = 20_000;
export const TAG_LIMIT = 40;
export const MAX_TAGS = 20;

export const runLabelSchema = z.object({
  /** Id of the run, or `experimentLabelId`. */
  id: z.string(),
  /** Null if the run has its default name. */
  name: z.string().min(1).max(NAME_LIMIT).nullable(),
  notes: z.string().max(NOTES_LIMIT),
  /** `#rrggbb`; null if the run has its default color. */
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** Labels and run files from before have none. */
  tags: z.array(z.string().min(1).max(TAG_LIMIT)).max(MAX_TAGS).default([]),
  /** Milliseconds since 1970 at which it was deleted; it can be restored until the lab is opened the next time. */
  deletedAt: z.number().nullable(),
});
export type RunLabel = z.infer<typeof runLabelSchema>;

export function emptyLabel(id: string): RunLabel {
  return { id, name: null, notes: '', colour: null, tags: [], deletedAt: null };
}

/** No run has such an id: those of runs are made by the lab. */
export function experimentLabelId(experiment: string): string {
  return `experiment:${experiment}`;
}

/** Tags as they are typed, separated by commas: each once, as many and as long as a label takes. */
export function parseTags(text: string): string[] {
  const all = text.split(',').map((tag) => tag.trim().replaceAll(/\s+/g, ' ').slice(0, TAG_LIMIT).trim());
  return [...new Set(all.filter(Boolean))].slice(0, MAX_TAGS);
}

/** The tags of a label with one more; the label's own where it has it, or has as many as it takes. */
export function withTag(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) || tags.length >= MAX_TAGS ? [...tags] : [...tags, tag];
}
