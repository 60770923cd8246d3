/** The list of runs as it is searched, filtered, sorted and grouped. */
import { modelTitle } from '#core/models/registry.ts';
import { ascending, descending } from '#core/order.ts';
import { RUN_STATE_TITLES } from '#core/format.ts';
import { bestEpochOf } from '#core/runs/findings.ts';
import { allSettingsInWords, differenceTo, runName } from '#core/runs/runNames.ts';
import { experimentLabelId, type RunLabel } from '#core/runs/runLabel.ts';
import type { RunRecord } from '#core/runs/run.ts';

export interface RunItem {
  readonly run: RunRecord;
  readonly name: string;
  /** What sets it apart from the run of its model before it. */
  readonly difference: string;
  readonly notes: string;
  readonly tags: readonly string[];
  /** Validation perplexity and top-5 at the best epoch; null before the first. */
  readonly best: { readonly perplexity: number; readonly top5: number } | null;
  /** The text that a search looks through, in lower case. */
  readonly text: string;
}

export const ORDERS = ['newest', 'best perplexity', 'best top-5', 'name'] as const;
export type Order = (typeof ORDERS)[number];

const NO_TAGS: readonly string[] = [];

/** Oldest first, as the runs are given. */
export function runItems(runs: readonly RunRecord[], labels: Readonly<Record<string, RunLabel>>): readonly RunItem[] {
  const byNumber = runs.toSorted((a, b) => a.number - b.number);
  const latest = new Map<string, RunRecord>();
  return byNumber.map((run) => {
    const label = labels[run.id];
    const tags = label?.tags ?? NO_TAGS;
    const name = runName(run, label);
    const difference = differenceTo(run, latest.get(run.model));
    latest.set(run.model, run);
    const best = bestEpochOf(run)?.validation ?? null;
    const settings = allSettingsInWords(run);
    const text = [name, modelTitle(run.model), run.state, run.config.preset, label?.notes ?? '', settings, ...tags];
    return { run, name, difference, notes: label?.notes ?? '', tags, best, text: text.join('\n').toLowerCase() };
  });
}

/** @param query words that must all occur */
export function searchRuns(items: readonly RunItem[], query: string): readonly RunItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? items : items.filter(({ text }) => words.every((word) => text.includes(word)));
}

export const TRAITS = ['tag', 'model', 'data set', 'state'] as const;
/** What runs can be filtered by. */
export type Trait = (typeof TRAITS)[number];
/** The value that a run must have, as `traitsOf` gives them; a trait without one is not filtered by. */
export type Filters = Readonly<Partial<Record<Trait, string>>>;

interface TraitValue {
  /** Unlike that of any other value. */
  readonly value: string;
  readonly title: string;
}

/** Several tags, or none; one of everything else. */
function traitsOf({ run, tags }: RunItem, trait: Trait): readonly TraitValue[] {
  switch (trait) {
    case 'tag':
      return tags.map((tag) => ({ value: tag, title: tag }));
    case 'model':
      return [{ value: run.model, title: modelTitle(run.model) }];
    case 'data set':
      return [{ value: run.dataset.sha256, title: run.dataset.id }];
    case 'state':
      return [{ value: run.state, title: RUN_STATE_TITLES[run.state] }];
    default:
      return trait satisfies never;
  }
}

/** The values that occur, by title, each with a title of its own: data sets of one name have the start of their hash beside it. */
export function traitValues(items: readonly RunItem[], trait: Trait): readonly TraitValue[] {
  const byValue = new Map(items.flatMap((item) => traitsOf(item, trait)).map((one) => [one.value, one]));
  const values = [...byValue.values()].toSorted((a, b) => byText(a.title, b.title));
  return values.map(({ value, title }) => {
    const isAlone = values.every((other) => other.value === value || other.title !== title);
    return { value, title: isAlone ? title : `${title} (${value.slice(0, 8)})` };
  });
}

export function filterRuns(items: readonly RunItem[], filters: Filters): readonly RunItem[] {
  const wanted = TRAITS.filter((trait) => filters[trait] !== undefined);
  if (wanted.length === 0) return items;
  return items.filter((item) =>
    wanted.every((trait) => traitsOf(item, trait).some(({ value }) => value === filters[trait])),
  );
}

export const GROUPINGS = ['nothing', 'experiment', ...TRAITS] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface RunGroup {
  readonly key: string;
  /** Null where nothing is grouped. */
  readonly title: string | null;
  readonly items: readonly RunItem[];
}

/** In the order of the first run of each group; a run with several tags is in several groups, one without any is in the last. */
export function groupRuns(
  items: readonly RunItem[],
  by: Grouping,
  experimentTitles: ReadonlyMap<string, string>,
): readonly RunGroup[] {
  if (by === 'nothing') return [{ key: '', title: null, items }];
  const titles = new Map(by === 'experiment' ? [] : traitValues(items, by).map(({ value, title }) => [value, title]));
  const groups = new Map<string, RunItem[]>();
  const without: RunItem[] = [];
  for (const item of items) {
    const keys = by === 'experiment' ? [item.run.experiment] : traitsOf(item, by).map(({ value }) => value);
    for (const key of keys) {
      const own = groups.get(key);
      if (own) own.push(item);
      else groups.set(key, [item]);
    }
    if (keys.length === 0) without.push(item);
  }
  const titleOf = (key: string) => (by === 'experiment' ? experimentTitles.get(key) : titles.get(key)) ?? key;
  return [
    ...[...groups].map(([key, own]) => ({ key, title: titleOf(key), items: own })),
    // a tag is never empty
    ...(without.length > 0 ? [{ key: '', title: `No ${by}`, items: without }] : []),
  ];
}

/** The name that the user gave an experiment; null where it has its default name. */
export function experimentName(labels: Readonly<Record<string, RunLabel>>, experiment: string): string | null {
  return labels[experimentLabelId(experiment)]?.name ?? null;
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
      return items.toSorted((a, b) => byText(a.name, b.name));
    default:
      return order satisfies never;
  }
}

function byText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
