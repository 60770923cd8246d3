import { expect, it } from 'vitest';
import { columnsOf, featuresOf, mostInformativeUnit } from './informativeUnits.ts';

it('sees what a person sees', () => {
  const tokens = ['def', 'f', '(', 'x', ')', ':', '<EOL>', 'y', '=', 'x', '.', 'z'];
  const features = new Map(
    featuresOf(
      tokens,
      tokens.map(() => 0),
    ).map(({ name, values }) => [name, [...values].join('')]),
  );
  expect(features.get('bracket depth')).toBe('001100000000');
  expect(features.get('tokens since the start of the line')).toBe('123456012345');
  expect(features.get('a line that opens a block')).toBe('111111000000');
  expect(features.get('right-hand side of an assignment')).toBe('000000001111');
  expect(features.get('just after a dot')).toBe('000000000010');
});

it('finds the unit that goes along with something, up or down, and none where nothing changes', () => {
  const values = Float64Array.of(0, 1, 2, 1);
  // a constant unit, one that follows by halves, one that follows the other way round
  const states = Float32Array.of(5, 0, 3, 5, 1, 2, 5, 1, 1, 5, 1, 2);
  expect(mostInformativeUnit(values, states, 3)).toEqual({ unit: 2, correlation: expect.closeTo(-1, 12) });
  expect(mostInformativeUnit(Float64Array.of(2, 2, 2, 2), states, 3)).toBeNull();
  expect(mostInformativeUnit(values, new Float32Array(12).fill(1), 3)).toBeNull();
});

it('measures how far lines are moved in', () => {
  const text = 'a\n  b c\n\n\td';
  expect([...columnsOf(text, [0, 1, 4, 6, 7, 10])]).toEqual([0, 0, 2, 2, 2, 1]);
  expect([...columnsOf('', [])]).toEqual([]);
});
