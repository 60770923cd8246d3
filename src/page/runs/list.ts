/** The list of runs as it is searched and sorted. */
import { modelTitle } from '#core/models/registry.ts';
import { ascending, descending } from '#core/order.ts';
import { bestEpochOf } from '#core/runs/findings.ts';
import { allSettingsInWords, differenceTo, runName } from '#core/runs/runNames.ts';
import type { RunLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';

export interface RunItem {
  readonly run: RunRecord;
  readonly name: string;
  /** What sets it apart from the run of its model before it. */
  readonly difference: string;
  readonly notes: string;
  /** Validation perplexity and top-5 at the best epoch; null before the first. */
  readonly best: { readonly perplexity: number; readonly top5: number } | null;
  /** All that a search looks through, in small letters. */
  readonly text: string;
}

export const ORDERS = ['newest', 'best perplexity', 'best top-5', 'name'] as const;
export type Order = (typeof ORDERS)[number];

/** Oldest first, as the runs are given. */
export function runItems(runs: readonly RunRecord[], labels: Readonly<Record<string, RunLabel>>): readonly RunItem[] {
  const byNumber = runs.toSorted((a, b) => a.number - b.number);
  const latest = new Map<string, RunRecord>();
  return byNumber.map((run) => {
    const label = labels[run.id];
    const name = runName(run, label);
    const difference = differenceTo(run, latest.get(run.model));
    latest.set(run.model, run);
    const best = bestEpochOf(run)?.validation ?? null;
    const settings = allSettingsInWords(run);
    const text = [name, modelTitle(run.model), run.state, run.config.preset, label?.notes ?? '', settings];
    return { run, name, difference, notes: label?.notes ?? '', best, text: text.join('\n').toLowerCase() };
  });
}

/** @param query words that must all occur */
export function searchRuns(items: readonly RunItem[], query: string): readonly RunItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? items : items.filter(({ text }) => words.every((word) => text.includes(word)));
}

export function sortRuns(items: readonly RunItem[], order: Order): readonly RunItem[] {
  switch (order) {
    case 'newest':
      return items.toSorted((a, b) => b.run.number - a.run.number);
    case 'best perplexity':
      return items.toSorted((a, b) => ascending(a.best?.perplexity ?? Number.NaN, b.best?.perplexity ?? Number.NaN));
    case 'best top-5':
      return items.toSorted((a, b) => descending(a.best?.top5 ?? Number.NaN, b.best?.top5 ?? Number.NaN));
    case 'name':
      return items.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    default:
      return order satisfies never;
  }
}
