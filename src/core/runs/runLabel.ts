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
  /** Older labels and run files have none. */
  tags: z.array(z.string().min(1).max(TAG_LIMIT)).max(MAX_TAGS).default([]),
  /** When the run was deleted, in milliseconds since 1970. It is purged at the next start once ten minutes have passed. */
  deletedAt: z.number().nullable(),
});
export type RunLabel = z.infer<typeof runLabelSchema>;

export function emptyLabel(id: string): RunLabel {
  return { id, name: null, notes: '', colour: null, tags: [], deletedAt: null };
}

/** Id of an experiment's label. No run has such an id, since the lab makes the ids of runs. */
export function experimentLabelId(experiment: string): string {
  return `experiment:${experiment}`;
}

/** Parses tags separated by commas. Drops duplicates, cuts long tags, and keeps at most `MAX_TAGS`. */
export function parseTags(text: string): string[] {
  const all = text.split(',').map((tag) => tag.trim().replaceAll(/\s+/g, ' ').slice(0, TAG_LIMIT).trim());
  return [...new Set(all.filter(Boolean))].slice(0, MAX_TAGS);
}

/** Adds a tag; unchanged if the label has it already, or has `MAX_TAGS`. */
export function withTag(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) || tags.length >= MAX_TAGS ? [...tags] : [...tags, tag];
}
