import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { experimentShown, experimentsOf, shownRuns } from './experiments.ts';

const runs = [
  ['first', 1],
  ['second', 2],
  ['first', 3],
  ['third', 4],
].map(([experiment, number]) =>
  runOf('lstm', [[2, 0.7]], {
    id: `run-${number}`,
    number: Number(number),
    createdAt: Number(number),
    experiment: String(experiment),
  }),
);
const ids = (shown: readonly { readonly id: string }[]) => shown.map(({ id }) => id);

describe('experimentsOf', () => {
  it('gathers runs, newest experiment first', () => {
    expect(experimentsOf(runs).map((one) => [one.id, ids(one.runs)])).toEqual([
      ['third', ['run-4']],
      ['second', ['run-2']],
      ['first', ['run-1', 'run-3']],
    ]);
  });
});

describe('shownRuns', () => {
  it('are those picked, else the chosen experiment, else the newest', () => {
    expect(ids(shownRuns(runs, { picked: ['run-3', 'run-2', 'gone'], experiment: 'third' }))).toEqual([
      'run-2',
      'run-3',
    ]);
    expect(ids(shownRuns(runs, { picked: ['gone'], experiment: 'first' }))).toEqual(['run-1', 'run-3']);
    expect(ids(shownRuns(runs, { picked: [], experiment: 'deleted' }))).toEqual(['run-4']);
    expect(shownRuns([], { picked: [], experiment: null })).toEqual([]);
  });
});

describe('experimentShown', () => {
  it('is the one whose runs are shown, all and no others', () => {
    const numbered = (...numbers: readonly number[]) => runs.filter(({ number }) => numbers.includes(number));
    expect(experimentShown(runs, numbered(1, 3))).toBe('first');
    expect(experimentShown(runs, numbered(1))).toBeNull();
    expect(experimentShown(runs, numbered(1, 2, 3))).toBeNull();
    expect(experimentShown(runs, [])).toBeNull();
  });
});
