/** The search of theta and lambda for a run's continuous cache: the losses along both axes through the best pair. */
import { Stack, Text } from '@mantine/core';
import type { CacheSearch } from '#core/cache/searchRecord.ts';
import { formatCount, formatCounted, formatLoss } from '#core/format.ts';
import { CurveChart } from '../charts/CurveChart.tsx';
import { numberTicks } from '../charts/ticks.ts';

interface CacheSettingsProps {
  readonly runId: string;
  readonly search: CacheSearch;
}

const PARAMETERS = ['theta', 'lambda'] as const;

export function CacheSettings({ runId, search }: CacheSettingsProps) {
  const { parameters, points, rows, targets } = search;
  return (
    <Stack gap="xs">
      <Text size="sm">
        Cache of the file: theta {parameters.theta}, lambda {parameters.lambda}. They have the lowest loss of{' '}
        {formatCounted(points.length, 'pair')}, tried on {formatCounted(rows, 'validation file')} (
        {formatCount(targets)} tokens) when the training ended.
      </Text>
      {PARAMETERS.map((name) => {
        const other = name === 'theta' ? 'lambda' : 'theta';
        const curve = points.filter((point) => point[other] === parameters[other] && Number.isFinite(point.loss));
        return (
          <CurveChart
            key={name}
            name={`cache-${name}`}
            title={`Loss by ${name}`}
            unit={`nats per token, at ${other} ${parameters[other]}`}
            points={curve.map((point) => ({ x: point[name], y: point.loss }))}
            rules={curve.flatMap((point) =>
              point[name] === parameters[name] ? [{ x: point[name], label: 'taken', ring: point.loss }] : [],
            )}
            xName={name}
            yName="Loss"
            format={formatLoss}
            formatTicks={numberTicks}
            subject={runId}
            description={`Loss with a cache on validation by ${name}, lowest at ${parameters[name]}.`}
            empty="No pair gave a finite loss."
            height={150}
          />
        );
      })}
    </Stack>
  );
}
