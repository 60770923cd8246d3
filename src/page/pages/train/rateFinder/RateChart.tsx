/** Smoothed loss over the learning rate, of one model. */
import { formatLoss } from '#core/format.ts';
import { modelTitle, type ModelChoice } from '#core/models/registry.ts';
import { lowest, type RatePoint } from '#core/optimization/rateFinder.ts';
import { formatSetting } from '#core/settings/words.ts';
import { CurveChart } from '../../../charts/CurveChart.tsx';
import { numberTicks } from '../../../charts/ticks.ts';

interface RateChartProps {
  readonly model: ModelChoice;
  readonly points: readonly RatePoint[];
  readonly suggestion: number | null;
}

export function RateChart({ model, points, suggestion }: RateChartProps) {
  return (
    <CurveChart
      name={`rate-${model}`}
      title={modelTitle(model)}
      unit="smoothed loss, nats per token"
      points={points.map(({ rate, smoothed }) => ({ x: rate, y: smoothed }))}
      rules={suggestion === null ? [] : [{ x: suggestion, label: formatRate(suggestion), ring: null }]}
      xName="learning rate"
      yName="loss"
      format={formatLoss}
      formatX={formatRate}
      formatTicks={numberTicks}
      formatXTicks={numberTicks}
      fromZero={false}
      subject={model}
      description={describeRates(model, points, suggestion)}
      empty="The curve appears with the first steps."
      height={170}
    />
  );
}

const formatRate = (rate: number) => formatSetting('learningRate', Number(rate.toPrecision(2)));

/** The curve in words, for those who do not see it. */
export function describeRates(model: ModelChoice, points: readonly RatePoint[], suggestion: number | null): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${modelTitle(model)}: no step yet.`;
  const best = lowest(points);
  const at = ({ rate, smoothed }: RatePoint) => `${formatLoss(smoothed)} at rate ${formatRate(rate)}`;
  const words = `${modelTitle(model)}, smoothed loss while the learning rate rises: ${at(first)}, lowest ${at(best)}, last ${at(last)}.`;
  return suggestion === null ? words : `${words} Suggested rate: ${formatRate(suggestion)}.`;
}
