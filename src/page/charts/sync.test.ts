import { beforeEach, describe, expect, it } from 'vitest';
import { chartGroup, forgetOtherSubjects, moveCrosshair, useChartSync, zoomTo } from './sync.ts';

const zoomOf = (page: string, subject: string, x: string) =>
  useChartSync.getState().groups[chartGroup(page, subject, x)]?.zoom ?? null;

describe('a zoom', () => {
  beforeEach(() => useChartSync.setState({ groups: {} }));

  it('belongs to a page, a subject and an x', () => {
    zoomTo(chartGroup('train', 'first', 'step'), 37, 47);
    expect(zoomOf('train', 'first', 'step')).toEqual([37, 47]);
    expect(zoomOf('train', 'first', 'epoch')).toBeNull();
    expect(zoomOf('train', 'second', 'step')).toBeNull();
    expect(zoomOf('compare', 'first', 'step')).toBeNull();
  });

  it('is let go of with its subject, and stays while that is shown', () => {
    zoomTo(chartGroup('train', 'first', 'step'), 37, 47);
    zoomTo(chartGroup('compare', 'both', 'step'), 1, 2);
    forgetOtherSubjects('train', 'first');
    expect(zoomOf('train', 'first', 'step')).toEqual([37, 47]);
    forgetOtherSubjects('train', 'second');
    forgetOtherSubjects('train', 'first');
    expect(zoomOf('train', 'first', 'step')).toBeNull();
    expect(zoomOf('compare', 'both', 'step')).toEqual([1, 2]);
  });

  it('has a width that ticks can tell', () => {
    const group = chartGroup('train', 'first', 'tokens');
    zoomTo(group, 1e9, 1e9 + 1);
    zoomTo(group, 5, 5);
    expect(zoomOf('train', 'first', 'tokens')).toBeNull();
  });

  it('leaves alone what only has a crosshair elsewhere', () => {
    moveCrosshair(chartGroup('data', 'set', 'size'), { x: 1, chart: 'coverage' });
    forgetOtherSubjects('train', 'any');
    expect(Object.keys(useChartSync.getState().groups)).toHaveLength(1);
  });
});
