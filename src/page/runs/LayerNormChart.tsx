/** Gradient norm of each part of a network over its training: shows which layers learn, and where gradients vanish. */
import { useMemo } from 'react';
import { formatLoss } from '#core/format.ts';
import { layersOf } from '#core/runs/stepTable.ts';
import { LineChart } from '../charts/LineChart.tsx';
import { useRunStyle, type RunChartsProps } from './RunCharts.tsx';
import { stepSeries } from './runSeries.ts';
import { withSmall } from '../charts/nonFinite.ts';
import type { ReferenceLine } from '../charts/series.ts';
import { chartGroup } from '../charts/sync.ts';
import { numberTicks } from '../charts/ticks.ts';
import { useChartView } from '../charts/view.ts';
import { X_KIND } from '../charts/xKinds.ts';
import styles from './RunCharts.module.css';

const norm = withSmall(formatLoss);
const NO_REFERENCE_LINES: readonly ReferenceLine[] = [];

export function LayerNormChart(props: RunChartsProps) {
  const { runs, steps, page, subject } = props;
  const { x } = useChartView();
  const look = useRunStyle(props);
  const layers = useMemo(() => {
    const deepest = Math.max(1, ...runs.map(({ config }) => config.layers));
    return layersOf(deepest).map((layer) => ({ layer, series: stepSeries(runs, steps, layer, look) }));
  }, [runs, steps, look]);
  return (
    <div className={styles.charts}>
      <div className={styles.layerGrid}>
        {layers.map(({ layer, series }) => (
          <LineChart
            key={layer}
            name={`norm-${layer.replace(' ', '-')}`}
            title={layer.charAt(0).toUpperCase() + layer.slice(1)}
            unit="gradient norm"
            xKind={X_KIND[x]}
            xFrom={0}
            xLimit={0}
            subject={subject}
            group={chartGroup(page, subject, x)}
            yScale="log"
            series={series}
            referenceLines={NO_REFERENCE_LINES}
            format={norm}
            formatTicks={numberTicks}
            empty="An older version of the lab trained these runs and did not measure gradients by layer."
            height={150}
          />
        ))}
      </div>
    </div>
  );
}
