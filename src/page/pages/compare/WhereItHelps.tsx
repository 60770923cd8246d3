/** Where a model does better than the baseline: by kind of token, place in the file and frequency of the token. */
import { NativeSelect, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { IntervalChart } from '../../charts/IntervalChart.tsx';
import { pointTicks } from '../../charts/ticks.ts';
import { DIMENSION_TITLES, DIMENSIONS } from '#core/metrics/breakdown.ts';
import type { Comparison } from '#core/comparison/comparison.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { formatCount, formatCounted, formatPercent, formatPoints } from '#core/format.ts';
import { isBaseline } from '#core/models/registry.ts';
import { familyText } from '#core/report/comparisonReport.ts';
import styles from './WhereItHelps.module.css';
import tableStyles from './ComparisonTable.module.css';

interface WhereItHelpsProps {
  readonly comparison: Comparison;
  readonly titleOf: (pool: Pool) => string;
  readonly colourOf: (pool: Pool) => string;
}

export function WhereItHelps({ comparison, titleOf, colourOf }: WhereItHelpsProps) {
  const { pools, baseline, differences } = comparison;
  const candidates = differences.flatMap((difference) => {
    const pool = pools.find(({ key }) => key === difference.key);
    return pool ? [{ difference, pool }] : [];
  });
  const [chosen, choose] = useState<string | null>(null);
  const [withCache, setWithCache] = useState(false);
  const own =
    candidates.find(({ pool }) => pool.key === chosen) ??
    candidates.find(({ pool }) => !isBaseline(pool.model)) ??
    candidates[0];
  const base = pools.find(({ key }) => key === baseline);
  if (!own || !base) {
    return (
      <Text size="sm" c="dimmed">
        Test two models on the same data set to see for which tokens one of them is better.
      </Text>
    );
  }
  const measuredWithCache = own.difference.groups.some(({ cached }) => cached !== null);
  return (
    <>
      <div className={tableStyles.part}>
        <NativeSelect
          size="xs"
          aria-label="Model to compare with the baseline"
          data={candidates.map(({ pool }) => ({ value: pool.key, label: visibleText(titleOf(pool)) }))}
          value={own.pool.key}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        />
        <Text size="sm">
          ({formatCounted(own.difference.seeds.candidate, 'seed')}) compared with <UntrustedText text={titleOf(base)} />{' '}
          ({formatCounted(own.difference.seeds.baseline, 'seed')}), top-5 on test files
        </Text>
        {measuredWithCache && (
          <Switch
            size="xs"
            label="With a cache of the file so far"
            checked={withCache}
            onChange={({ currentTarget }) => setWithCache(currentTarget.checked)}
          />
        )}
      </div>
      <div className={styles.grid}>
        {DIMENSIONS.map((dimension) => (
          <IntervalChart
            key={dimension}
            name={`helps-${dimension}`}
            title={DIMENSION_TITLES[dimension]}
            unit="difference in points"
            rows={own.difference.groups
              .filter((group) => group.dimension === dimension)
              .map(({ name, counted, cached, ...plain }) => {
                const { baseline: before, candidate, difference } = (withCache && cached) || plain;
                return {
                  label: name,
                  ...difference,
                  values: `${formatPercent(before)} → ${formatPercent(candidate)}`,
                  counted: formatCount(counted),
                };
              })}
            format={formatPoints}
            formatTicks={pointTicks}
            colour={colourOf(own.pool)}
            empty="No test targets in these groups."
          />
        ))}
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        Whiskers show intervals
        {own.difference.covers === 'files only'
          ? ' over the test files only; another seed may change them'
          : ' over seeds and test files'}
        . {familyText([own.difference])} A hollow point means that the interval includes zero: the difference is
        unresolved.
      </Text>
    </>
  );
}
