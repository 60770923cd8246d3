/** Names, units and explanations of the charts of runs: all that a page without runs needs of them. */
import type { ReactNode } from 'react';
import { metricOf, SHOWN } from '#core/metrics/registry.ts';
import { MetricTerm } from '../glossary/MetricTerm.tsx';

interface ChartText {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly explain?: ReactNode;
  /** Says what will appear, and when. */
  readonly empty: string;
}

/** One chart by epoch for each curve of the registry. */
export const EPOCH_TEXTS = SHOWN.curves.map((measure) => {
  const { title, unit, scale, better } = metricOf(measure);
  const appears = `${title}${scale === 'rate' ? ' accuracy' : ''} appears here after the first epoch`;
  const text: ChartText = {
    name: measure,
    title,
    unit,
    explain: <MetricTerm of={measure} />,
    empty: `${appears}: it should ${better === 'less' ? 'fall' : 'rise'}.`,
  };
  return { measure, scale, text };
});

/** Charts by step. */
export const STEP_TEXTS = {
  loss: {
    name: 'steps',
    title: 'Loss per step',
    unit: 'nats per token, latest batch',
    empty: 'Each training step adds a point here, starting within seconds.',
  },
  gradientNorm: {
    name: 'gradient-norm',
    title: 'Gradient norm',
    unit: 'before clipping',
    empty: 'How steep the loss is, over all weights. A jump suggests that the learning rate is too high.',
  },
} as const satisfies Record<string, ChartText>;

/** Heights of the drawings, in pixels. */
export const EPOCH_HEIGHT = 216;
export const STEP_HEIGHT = 170;
