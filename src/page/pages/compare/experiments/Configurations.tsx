/** The shown runs as configurations: which is best, all of them in a table, and how the settings that vary act on a measure. */
import { NativeSelect, SegmentedControl, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Configuration, Dimension } from '#core/experiments/table.ts';
import { inSentence, measuredColumns, metricOf, SHOWN, type MetricName } from '#core/metrics/registry.ts';
import { BestConfiguration } from './BestConfiguration.tsx';
import { LateConfigurationCharts } from './charts.ts';
import { ConfigurationTable } from './ConfigurationTable.tsx';
import { spreadOf, type Part } from './measured.ts';
import shared from '../../../ui/shared.module.css';
import tableStyles from '../ComparisonTable.module.css';

interface ConfigurationsProps {
  /** Best first. */
  readonly configurations: readonly Configuration[];
  /** At least one. */
  readonly dimensions: readonly Dimension[];
}

const ALL_METRICS: readonly { readonly name: MetricName }[] = SHOWN.configurations.map((name) => ({ name }));

export function Configurations({ configurations, dimensions }: ConfigurationsProps) {
  const [part, setPart] = useState<Part>('validation');
  const [chosen, setMetric] = useState<MetricName>(SHOWN.configurations[0]);
  const [pointed, setPointed] = useState<string | null>(null);
  const metrics = measuredColumns(ALL_METRICS, (name) =>
    configurations.map((one) => spreadOf(one, part, name)?.mean),
  ).map(({ name }) => name);
  const metric = metrics.includes(chosen) ? chosen : SHOWN.configurations[0];
  return (
    <section className={shared.sheet} aria-labelledby="configurations-title">
      <Title order={2} id="configurations-title" mb="sm">
        Configurations
      </Title>
      <BestConfiguration configurations={configurations} dimensions={dimensions} />
      <div className={tableStyles.part}>
        <Text size="sm" id="configurations-part">
          Results on
        </Text>
        <SegmentedControl
          size="xs"
          aria-labelledby="configurations-part"
          data={[
            { value: 'validation', label: 'Validation' },
            { value: 'test', label: 'Test' },
          ]}
          value={part}
          onChange={(value) => setPart(value === 'test' ? 'test' : 'validation')}
        />
        <Text size="xs" c="dimmed">
          {part === 'test'
            ? 'Means over seeds, for configurations whose runs were all tested.'
            : 'Means over seeds, at the best epoch of each.'}{' '}
          ± is the standard deviation over seeds.
        </Text>
      </div>
      <ConfigurationTable
        configurations={configurations}
        dimensions={dimensions}
        metrics={metrics}
        part={part}
        pointed={pointed}
        onPoint={setPointed}
      />
      <div className={tableStyles.part}>
        <NativeSelect
          size="xs"
          label="Measure of the charts"
          data={metrics.map((name) => ({ value: name, label: metricOf(name).title }))}
          value={metric}
          onChange={({ currentTarget }) => setMetric(metrics.find((name) => name === currentTarget.value) ?? metric)}
        />
      </div>
      <LateConfigurationCharts
        configurations={configurations}
        dimensions={dimensions}
        metric={metric}
        measureName={`${part} ${inSentence(metricOf(metric).title)}`}
        part={part}
        pointed={pointed}
        onPoint={setPointed}
      />
    </section>
  );
}
