import { describe, expect, it } from 'vitest';
import { experimentOf } from './queue.fixture.ts';
import {
  edited,
  epochsOfRung,
  goesOnByItself,
  halted,
  nextItem,
  queuedItems,
  released,
  withItem,
  withOutcome,
  type QueueEdit,
} from './queue.ts';
import { experimentRecordSchema, type ExperimentRecord } from './record.ts';

const placesOf = (records: readonly ExperimentRecord[]) =>
  queuedItems(records).map(({ experiment, item }) => `${experiment.id}${item.number}`);
const statesOf = ({ items }: ExperimentRecord) => items.map(({ state }) => state).join(' ');
const at = (experiment: string, item: number) => ({ experiment, item });

describe('the queue', () => {
  const two = [experimentOf('a'), experimentOf('b', {}, 10)];

  it('goes through all experiments in order, the item that was begun first', () => {
    expect(placesOf(two)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    expect(nextItem(withItem(two, at('b', 2), { state: 'running' }))?.item.changes).toEqual({ learningRate: 0.002 });
    expect(placesOf(withOutcome(two, at('a', 1), { state: 'failed' }))).toEqual(['a2', 'a3', 'b1', 'b2', 'b3']);
    expect(nextItem([])).toBeNull();
  });

  it('is stored and read back', () => {
    expect(experimentRecordSchema.parse(structuredClone(two[0]))).toEqual(two[0]);
  });

  it('trains nothing of what is halted, until it is released', () => {
    const some = halted(two, { reason: 'stopped', failure: null }, ['a']);
    expect(placesOf(some)).toEqual(['b1', 'b2', 'b3']);
    expect(placesOf(halted(two, { reason: 'paused', failure: null }))).toEqual([]);
    expect(placesOf(released(some, 'a'))).toHaveLength(6);
  });

  it('goes on by itself where there is more than one configuration', () => {
    const click = experimentOf('c', { models: ['rnn', 'lstm'], sweep: {} });
    expect(goesOnByItself([click])).toBe(false);
    expect(goesOnByItself([click, experimentOf('d', { sweep: {} })])).toBe(true);
    expect(goesOnByItself(two)).toBe(true);
    expect(goesOnByItself(halted(two, { reason: 'paused', failure: null }))).toBe(false);
  });

  it('lets a variant wait for its baselines, wherever they were moved', () => {
    const models = experimentOf('m', { models: ['residual', 'rnn', 'lstm'], sweep: {} });
    expect(models.items.map(({ model }) => model)).toEqual(['rnn', 'lstm', 'residual']);
    const first = edited([models], { type: 'move', ref: at('m', 3), by: -2 });
    expect(placesOf(first)).toEqual(['m3', 'm1', 'm2']);
    expect(nextItem(first)?.item.model).toBe('rnn');
    const failed = withOutcome(withOutcome(first, at('m', 1), { state: 'failed' }), at('m', 2), { state: 'done' });
    expect(nextItem(failed)?.item.model).toBe('residual');
  });

  it.each<[QueueEdit, string[]]>([
    [{ type: 'move', ref: at('b', 3), by: -4 }, ['a1', 'b3', 'a2', 'a3', 'b1', 'b2']],
    [{ type: 'move', ref: at('a', 1), by: 1 }, ['a2', 'a1', 'a3', 'b1', 'b2', 'b3']],
    [{ type: 'move', ref: at('a', 2), by: 99 }, ['a1', 'a3', 'b1', 'b2', 'b3', 'a2']],
    [{ type: 'move', ref: at('a', 1), by: -1 }, ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']],
    [{ type: 'skip', ref: at('a', 2) }, ['a1', 'a3', 'b1', 'b2', 'b3']],
    [{ type: 'remove', ref: at('b', 1) }, ['a1', 'a2', 'a3', 'b2', 'b3']],
    [{ type: 'clear', experiment: 'a' }, ['b1', 'b2', 'b3']],
  ])('is edited: %j', (edit, expected) => {
    expect(placesOf(edited(two, edit))).toEqual(expected);
  });

  it('queues a skipped item again, at its end', () => {
    const skipped = edited(two, { type: 'skip', ref: at('a', 1) });
    expect(placesOf(edited(skipped, { type: 'requeue', ref: at('a', 1) }))).toEqual([
      'a2',
      'a3',
      'b1',
      'b2',
      'b3',
      'a1',
    ]);
  });

  it('does not take away what trains', () => {
    const running = withItem(two, at('a', 1), { state: 'running', runId: 'a-1-lstm' });
    const paused = halted(running, { reason: 'paused', failure: null });
    for (const records of [running, paused]) {
      expect(() => edited(records, { type: 'remove', ref: at('a', 1) })).toThrow('This run is training.');
    }
    expect(() => edited(two, { type: 'skip', ref: at('a', 9) })).toThrow('not in the queue any more');
    const stopped = halted(running, { reason: 'stopped', failure: null });
    const [cleared] = edited(stopped, { type: 'clear', experiment: 'a' });
    expect(statesOf(cleared!)).toBe('skipped');
  });
});

describe('successive halving in the queue', () => {
  const halving = { eta: 2, firstEpochs: 1 };
  const sweep = { learningRate: [0.001, 0.002, 0.004, 0.008], seed: [1, 2], epochs: [3] };
  const start = experimentOf('h', { halving, sweep });
  const held = (record: ExperimentRecord, item: number, loss: number) =>
    withOutcome([record], at('h', item), { state: 'held', loss })[0]!;

  it('holds each run at its rung, drops the worse part, and trains the rest to the end', () => {
    expect(start.items.map((item) => epochsOfRung(start, item))).toEqual(start.items.map(() => 1));
    // two seeds of each of four rates; the second rate is best, the third next
    const losses = [5, 5, 1, 2, 2, 3, 4, 4];
    let record = start;
    for (const [index, loss] of losses.entries()) {
      expect(statesOf(record)).toBe(losses.map((_, i) => (i < index ? 'held' : 'queued')).join(' '));
      record = held(record, index + 1, loss);
    }
    expect(statesOf(record)).toBe('dropped dropped queued queued queued queued dropped dropped');
    expect(placesOf([record])).toEqual(['h3', 'h4', 'h5', 'h6']);
    expect(record.items.map((item) => epochsOfRung(record, item)).slice(2, 6)).toEqual([2, 2, 2, 2]);
    // the better one of before has become the worse one
    for (const [item, loss] of [
      [3, 1],
      [4, 2],
      [5, 0.5],
      [6, 0.5],
    ] as const) {
      record = held(record, item, loss);
    }
    expect(statesOf(record)).toBe('dropped dropped dropped dropped queued queued dropped dropped');
    expect(epochsOfRung(record, record.items[4]!)).toBeUndefined();
  });

  it('goes on where a run failed, stopped early or was skipped', () => {
    let record = start;
    record = withOutcome([record], at('h', 1), { state: 'failed' })[0]!;
    record = held(record, 2, 0.1);
    record = withOutcome([record], at('h', 3), { state: 'done', loss: 1 })[0]!;
    record = held(record, 4, 1);
    for (const item of [5, 6]) record = withOutcome([record], at('h', item), { state: 'skipped' })[0]!;
    record = held(record, 7, 3);
    record = held(record, 8, 3);
    // of three candidates one goes on: the best without a failed run
    expect(statesOf(record)).toBe('failed dropped done queued skipped skipped dropped dropped');
    expect(record.items[2]!.rung).toBe(1);
  });

  it('lets models compete among themselves', () => {
    const both = experimentOf('h', {
      halving,
      models: ['rnn', 'lstm'],
      sweep: { learningRate: [0.1, 0.2], epochs: [3] },
    });
    let record = both;
    for (const [item, loss] of [
      [1, 1],
      [3, 2],
      [2, 9],
      [4, 8],
    ] as const) {
      record = held(record, item, loss);
    }
    expect(record.items.map(({ model, state }) => `${model} ${state}`)).toEqual([
      'rnn queued',
      'lstm dropped',
      'rnn dropped',
      'lstm queued',
    ]);
  });
});
