import { describe, expect, it } from 'vitest';
import { runOf } from '#core/report/runs.fixture.ts';
import { emptyLabel } from '#core/runs/runLabel.ts';
import { filterRuns, groupRuns, runItems, searchRuns, traitValues } from './list.ts';

const here = { id: 'mine', sha256: '0123456789' };
const there = { id: 'mine', sha256: 'abcdefabcd' };
const runs = [
  runOf('lstm', [[2, 0.7]], { id: 'a', number: 1, dataset: here }),
  runOf('rnn', [[3, 0.6]], { id: 'b', number: 2, dataset: there, state: 'stopped', experiment: 'other' }),
  runOf('rnn', [[3, 0.6]], { id: 'c', number: 3, dataset: there }),
];
const labels = {
  a: { ...emptyLabel('a'), tags: ['paper', 'wide'] },
  b: { ...emptyLabel('b'), tags: ['paper'] },
};
const items = runItems(runs, labels);
const ids = (found: readonly { readonly run: { readonly id: string } }[]) => found.map(({ run }) => run.id);

describe('runs', () => {
  it('are found by their tags', () => {
    expect(ids(searchRuns(items, 'paper rnn'))).toEqual(['b']);
  });

  it('are filtered by all that is asked for', () => {
    expect(ids(filterRuns(items, {}))).toEqual(['a', 'b', 'c']);
    expect(ids(filterRuns(items, { tag: 'paper' }))).toEqual(['a', 'b']);
    expect(ids(filterRuns(items, { tag: 'paper', model: 'lstm' }))).toEqual(['a']);
    expect(ids(filterRuns(items, { 'data set': there.sha256, state: 'done' }))).toEqual(['c']);
  });

  it('offer the values that occur, each with a title of its own', () => {
    expect(traitValues(items, 'tag').map(({ title }) => title)).toEqual(['paper', 'wide']);
    expect(traitValues(items, 'model').map(({ title }) => title)).toEqual(['LSTM', 'RNN']);
    expect(traitValues(items, 'data set').map(({ title }) => title)).toEqual(['mine (01234567)', 'mine (abcdefab)']);
  });

  it('are grouped, a run with several tags more than once and one without any last', () => {
    const shape = (by: Parameters<typeof groupRuns>[1]) =>
      groupRuns(items, by, new Map([['other', 'Second try']])).map((group) => [group.title, ids(group.items)]);
    expect(shape('nothing')).toEqual([[null, ['a', 'b', 'c']]]);
    expect(shape('tag')).toEqual([
      ['paper', ['a', 'b']],
      ['wide', ['a']],
      ['No tag', ['c']],
    ]);
    expect(shape('experiment')).toEqual([
      ['experiment', ['a', 'c']],
      ['Second try', ['b']],
    ]);
  });
});
