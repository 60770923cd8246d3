import { describe, expect, it } from 'vitest';
import { runLanes, summaryOf, type Outcome } from './lanes.ts';

const passed = (output: string): Outcome => ({ passed: true, output });

describe('runLanes', () => {
  it('begins the checks in order, the next one in the lane that is free', async () => {
    const order: string[] = [];
    let endLong: (outcome: Outcome) => void = () => undefined;
    const run = async (name: string) => {
      order.push(name);
      if (name === 'long') return new Promise<Outcome>((resolve) => (endLong = resolve));
      if (name === 'last') endLong(passed('long'));
      return Promise.resolve(passed(name));
    };
    const reports = await runLanes(['long', 'first', 'last'], 2, run, () => undefined);
    expect(order).toEqual(['long', 'first', 'last']);
    expect(reports.map(({ name }) => name).toSorted()).toEqual(['first', 'last', 'long']);
  });

  it('prints the output of a check in one piece, and runs the next one after a failure', async () => {
    const told: string[] = [];
    const run = (name: string) =>
      Promise.resolve(name === 'bad' ? { passed: false, output: 'wrong\nvery wrong\n' } : passed('\n  3 passed\n'));
    const reports = await runLanes(['bad', 'good'], 1, run, (text) => told.push(text));
    expect(told).toEqual([
      expect.stringMatching(/^=== bad: FAILED, .*\nwrong\nvery wrong\n$/),
      // .ci/run counts such lines, which begin with spaces
      expect.stringMatching(/^=== good: passed, .*\n {2}3 passed\n$/),
    ]);
    expect(reports.map(({ name, passed }) => [name, passed])).toEqual([
      ['bad', false],
      ['good', true],
    ]);
    expect(summaryOf(reports).split('\n')).toEqual([
      expect.stringContaining('good: passed'),
      expect.stringContaining('bad: FAILED'),
    ]);
  });
});
