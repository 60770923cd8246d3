/**
 * What a run shows, in a few sentences that a newcomer can follow. Each list of rules gives one sentence at most: that of its first
 * rule that the numbers support.
 */
import type { RunRecord } from '#core/runs/run.ts';
import { BASELINE, OTHERS, PLAIN_TWIN } from './baseline.ts';
import type { Sentence } from './claims.ts';
import { ADVICE, COURSE, ENDING, SOUND, WEIGHTS } from './course.ts';
import { factsOf, type StepColumns } from './facts.ts';
import { OPENING, UNDER_WAY } from './opening.ts';
import { PLATEAU } from './plateau.ts';
import type { Rule } from './rule.ts';

const SUBJECTS: readonly (readonly Rule[])[] = [
  OPENING,
  BASELINE,
  UNDER_WAY,
  PLATEAU,
  COURSE,
  SOUND,
  ENDING,
  WEIGHTS,
  ADVICE,
  PLAIN_TWIN,
  OTHERS,
];

/**
 * @param run the one under way, or the last
 * @param runs those of its experiment
 * @param steps its latest steps; empty where none is known
 */
export function narrate(run: RunRecord, runs: readonly RunRecord[], steps: StepColumns): readonly Sentence[] {
  const facts = factsOf(run, runs, steps);
  return SUBJECTS.flatMap((rules) => firstOf(rules, (rule) => rule(facts)));
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): readonly Found[] {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return [found];
  }
  return [];
}
