/** How the settings that vary act on a measure: parallel coordinates, a scatter of one setting, a heat map of two. */
import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { configurationTitle, dimensionTitle, type Configuration, type Dimension } from '#core/experiments/table.ts';
import { formatCounted } from '#core/format.ts';
import { inSentence, metricOf, type MetricName } from '#core/metrics/registry.ts';
import { modelTitle } from '#core/models/registry.ts';
import { HeatMap, type HeatCell } from '../../../charts/HeatMap.tsx';
import { withSmall } from '../../../charts/nonFinite.ts';
import { ParallelChart } from '../../../charts/ParallelChart.tsx';
import { ScatterChart } from '../../../charts/ScatterChart.tsx';
import { numberTicks, percentTicks } from '../../../charts/ticks.ts';
import { modelColour } from '../../../runs/colours.ts';
import { dimensionAxis, namedAxis } from './axes.ts';
import { spreadOf, valuesOf, type Part } from './measured.ts';
import styles from './Configurations.module.css';

export interface ConfigurationChartsProps {
  /** Best first by validation loss. */
  readonly configurations: readonly Configuration[];
  readonly dimensions: readonly Dimension[];
  readonly metric: MetricName;
  /** `validation loss`. */
  readonly measureName: string;
  readonly part: Part;
  readonly pointed: string | null;
  readonly onPoint: (key: string | null) => void;
}

const EMPTY = 'Configurations appear here once a run of them has figures.';

export function ConfigurationCharts(props: ConfigurationChartsProps) {
  const { configurations, dimensions, metric, measureName, part, pointed, onPoint } = props;
  const { better, scale, format: plain, unit } = metricOf(metric);
  const format = scale === 'rate' ? plain : withSmall(plain);
  const formatTicks = scale === 'rate' ? percentTicks : numberTicks;
  const measured = useMemo(
    () => configurations.filter((one) => spreadOf(one, part, metric) !== null),
    [configurations, part, metric],
  );
  const meanOf = (one: Configuration) => spreadOf(one, part, metric)?.mean ?? Number.NaN;
  const seedsOf = (one: Configuration) => one.pool?.seeds.length ?? 0;
  const settings = dimensions.filter((dimension) => dimension !== 'model');
  const [across, setAcross] = useState<Dimension | null>(null);
  const x = chosenOf(across, settings) ?? dimensions[0]!;
  const axes = useMemo(
    () => dimensions.map((dimension) => dimensionAxis(dimension, configurations)),
    [dimensions, configurations],
  );
  const xAxis = axes.find(({ dimension }) => dimension === x)!;
  const models = [...new Set(configurations.map(({ model }) => model))];
  const kinds = models.map((model) => ({
    label: modelTitle(model),
    colour: modelColour(model),
  }));
  const shared = { unit, format, formatTicks, pointed, onPoint, empty: EMPTY };
  return (
    <div className={styles.charts}>
      {dimensions.length > 1 && (
        <div className={styles.wide}>
          <ParallelChart
            {...shared}
            name="parallel"
            title="Settings and results"
            axes={axes.map(({ axis }) => axis)}
            lines={measured.map((one) => ({
              key: one.key,
              label: configurationTitle(one, dimensions),
              values: axes.map(({ valueOf }) => valueOf(one)),
              measure: meanOf(one),
              seeds: seedsOf(one),
            }))}
            measureName={measureName}
            better={better}
          />
        </div>
      )}
      <div>
        {settings.length > 1 && (
          <div className={styles.selects}>
            <DimensionSelect label="Setting" value={x} all={settings} onChange={setAcross} />
          </div>
        )}
        <ScatterChart
          {...shared}
          name="scatter"
          title={`${metricOf(metric).title} by ${dimensionTitle(x)}`}
          xAxis={xAxis.axis}
          yName={measureName}
          points={measured.map((one) => ({
            key: one.key,
            label: configurationTitle(one, dimensions),
            x: xAxis.valueOf(one),
            y: meanOf(one),
            values: valuesOf(one, part, metric),
            seeds: seedsOf(one),
            kind: models.indexOf(one.model),
          }))}
          kinds={kinds}
        />
      </div>
      {dimensions.length > 1 && (
        <HeatMapOfTwo {...props} measured={measured} meanOf={meanOf} seedsOf={seedsOf} format={format} />
      )}
    </div>
  );
}

interface HeatMapOfTwoProps extends ConfigurationChartsProps {
  readonly measured: readonly Configuration[];
  readonly meanOf: (configuration: Configuration) => number;
  readonly seedsOf: (configuration: Configuration) => number;
  readonly format: (value: number) => string;
}

function HeatMapOfTwo(props: HeatMapOfTwoProps) {
  const { configurations, dimensions, metric, measureName, measured, meanOf, seedsOf, format } = props;
  const settings = dimensions.filter((dimension) => dimension !== 'model');
  const [first, setFirst] = useState<Dimension | null>(null);
  const [second, setSecond] = useState<Dimension | null>(null);
  // two settings where there are two, else a setting and the model
  const order = [...settings, ...dimensions.filter((dimension) => dimension === 'model')];
  const x = chosenOf(first, order)!;
  const others = order.filter((dimension) => dimension !== x);
  const y = chosenOf(second, others)!;
  const [xAxis, yAxis] = [namedAxis(x, configurations), namedAxis(y, configurations)];
  const byPair = new Map<string, Configuration[]>();
  for (const one of measured) {
    const place = [xAxis.valueOf(one), yAxis.valueOf(one)];
    if (place.some(Number.isNaN)) continue;
    byPair.set(place.join(' '), [...(byPair.get(place.join(' ')) ?? []), one]);
  }
  const cells = [...byPair.values()].map((own): HeatCell => {
    const seeds = formatCounted(
      own.reduce((sum, one) => sum + seedsOf(one), 0),
      own.length === 1 ? 'seed' : 'run',
    );
    return {
      x: xAxis.valueOf(own[0]!),
      y: yAxis.valueOf(own[0]!),
      value: own.reduce((sum, one) => sum + meanOf(one), 0) / own.length,
      over: own.length === 1 ? seeds : `mean of ${own.length} configurations, ${seeds}`,
    };
  });
  const { better, unit, title } = metricOf(metric);
  const pooled = cells.some(({ over }) => over.startsWith('mean'));
  return (
    <div>
      {order.length > 2 && (
        <div className={styles.selects}>
          <DimensionSelect label="Across" value={x} all={order} onChange={setFirst} />
          <DimensionSelect label="Up" value={y} all={others} onChange={setSecond} />
        </div>
      )}
      <HeatMap
        name="heatmap"
        title={`${title} by ${dimensionTitle(x)} and ${dimensionTitle(y)}`}
        unit={unit}
        xTitle={dimensionTitle(x)}
        yTitle={dimensionTitle(y)}
        xNames={xAxis.axis.names}
        yNames={yAxis.axis.names}
        cells={cells}
        valueName={measureName}
        better={better}
        format={format}
        note={`Stronger colors are better: ${better === 'less' ? 'lower' : 'higher'} ${inSentence(title)}. ◆ marks the best.${pooled ? ' A cell with several configurations has their mean.' : ''}`}
        empty={EMPTY}
      />
    </div>
  );
}

interface DimensionSelectProps {
  readonly label: string;
  readonly value: Dimension;
  readonly all: readonly Dimension[];
  readonly onChange: (dimension: Dimension) => void;
}

function DimensionSelect({ label, value, all, onChange }: DimensionSelectProps) {
  return (
    <NativeSelect
      size="xs"
      label={label}
      data={all.map((dimension) => ({ value: dimension, label: dimensionTitle(dimension) }))}
      value={value}
      onChange={({ currentTarget }) => {
        const dimension = all.find((one) => one === currentTarget.value);
        if (dimension) onChange(dimension);
      }}
    />
  );
}

/** The chosen one while it varies, else the first. */
function chosenOf(chosen: Dimension | null, all: readonly Dimension[]): Dimension | undefined {
  return all.find((dimension) => dimension === chosen) ?? all[0];
}
