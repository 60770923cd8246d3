/** Which configuration is best, and whether it can be told from the next: the worker compares the two on the test files. */
import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { bestAndNext, bestInWords } from '#core/experiments/best.ts';
import type { Configuration, Dimension } from '#core/experiments/table.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useComparison } from '../../../runs/useComparison.ts';
import { UntrustedText } from '../../../ui/UntrustedText.tsx';

interface BestConfigurationProps {
  /** Best first. */
  readonly configurations: readonly Configuration[];
  readonly dimensions: readonly Dimension[];
}

const NO_RUNS: readonly RunRecord[] = [];

export function BestConfiguration({ configurations, dimensions }: BestConfigurationProps) {
  const pair = useMemo(() => bestAndNext(configurations), [configurations]);
  const compared = useMemo(() => (pair ? [...pair.best.runs, ...pair.next.runs] : NO_RUNS), [pair]);
  const { comparison, asking } = useComparison(compared, pair?.best.runs[0]?.id ?? null);
  const words = useMemo(
    () => bestInWords(configurations, dimensions, asking ? null : comparison),
    [configurations, dimensions, comparison, asking],
  );
  if (!words) return null;
  return (
    <Text size="sm" mb="sm" data-part="best">
      <UntrustedText text={words.ranking} />{' '}
      {words.verdict !== null && (
        <>
          <b>{words.verdict}</b> {words.figures}
        </>
      )}
    </Text>
  );
}
