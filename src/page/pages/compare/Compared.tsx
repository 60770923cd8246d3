/** The comparison of the shown runs: tables, charts, results per run, where models differ, and the drafted discussion. */
import { Alert, Switch, Text, Title } from '@mantine/core';
import { memo, useCallback, useEffect, useMemo } from 'react';
import { draftDiscussion } from '#core/comparison/discussion.ts';
import { layerNorms } from '#core/comparison/layerNorms.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { poolTitles } from '#core/comparison/titles.ts';
import { configurationsOf, dimensionsOf } from '#core/experiments/table.ts';
import { formatCounted } from '#core/format.ts';
import { modelTitle } from '#core/models/registry.ts';
import type { NgramBaseline, RunRecord } from '#core/runs/run.ts';
import { ChartControls } from '../../charts/ChartControls.tsx';
import { useChartView } from '../../charts/view.ts';
import { showSteps } from '../../client/runActions.ts';
import { useSelection } from '../../client/selection.ts';
import { useRuns } from '../../client/stores.ts';
import { LayerNormChart } from '../../runs/LayerNormChart.tsx';
import type { RunPool } from '../../runs/pooledSeries.ts';
import { RunCharts } from '../../runs/RunCharts.tsx';
import { MODEL_STYLE } from '../../runs/runSeries.ts';
import type { useRunStyles } from '../../runs/runStyle.ts';
import { useComparison } from '../../runs/useComparison.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { ComparisonTable } from './ComparisonTable.tsx';
import { Discussion } from './Discussion.tsx';
import { EveryRun } from './EveryRun.tsx';
import { BestConfiguration } from './experiments/BestConfiguration.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { useDiscussion } from './useDiscussion.ts';
import { WhereItHelps } from './WhereItHelps.tsx';
import shared from '../../ui/shared.module.css';
import styles from './ComparePage.module.css';

const NOBODY: ReadonlySet<string> = new Set();
const NO_POOLS: readonly RunPool[] = [];

interface ComparedProps {
  readonly shown: readonly RunRecord[];
  /** Those of them that are compared with intervals. */
  readonly compared: readonly RunRecord[];
  readonly drawn: readonly RunRecord[];
  readonly look: ReturnType<typeof useRunStyles>;
  readonly pointed: string | null;
}

/** Drawn again only when its own properties change: it is the larger part of the page, and follows a choice in its own time. */
export const Compared = memo(function Compared({ shown, compared, drawn, look, pointed }: ComparedProps) {
  const steps = useRuns((state) => state.steps);
  const baseline = useSelection((state) => state.baseline);
  const { comparison, failure } = useComparison(compared, baseline);
  const ids = drawn.map(({ id }) => id).join('\n');
  useEffect(() => void showSteps(ids === '' ? [] : ids.split('\n')), [ids]);
  const faded = useMemo(() => {
    const others = drawn.filter(({ id }) => id !== pointed);
    return others.length < drawn.length ? new Set(others.map(({ id }) => id)) : NOBODY;
  }, [drawn, pointed]);
  const byId = useMemo(() => new Map(shown.map((run) => [run.id, run])), [shown]);
  const titles = useMemo(() => poolTitles(comparison?.pools ?? [], byId), [comparison, byId]);
  const titleOf = (pool: Pool) => titles.get(pool.key) ?? modelTitle(pool.model);
  const colourOf = (pool: Pool) => {
    const run = byId.get(pool.runIds[0] ?? '');
    return run ? look.colourOf(run) : 'var(--ngram-baseline)';
  };
  const pools = useMemo(
    () => comparison?.pools.map(({ key, runIds }) => ({ key, runIds, title: titles.get(key) ?? '' })) ?? NO_POOLS,
    [comparison, titles],
  );
  const hasSeeds = pools.some(({ runIds }) => runIds.length > 1);
  const poolShortOf = useCallback(
    (run: RunRecord) =>
      pools.length > new Set(shown.map(({ model }) => model)).size ? look.shortOf(run) : MODEL_STYLE.poolShortOf(run),
    [pools, shown, look],
  );
  const norms = useMemo(() => layerNorms(shown, steps), [shown, steps]);
  const draft = comparison ? draftDiscussion({ comparison, titleOf, norms }).join('\n\n') : '';
  const [edited, edit] = useDiscussion(compared.map(({ id }) => id).join(' '));
  const subject = ids;
  const configurations = useMemo(() => configurationsOf(shown), [shown]);
  const dimensions = useMemo(() => dimensionsOf(shown), [shown]);
  const hasSettings = dimensions.some((dimension) => dimension !== 'model');
  return (
    <>
      <section className={shared.sheet} aria-labelledby="comparison-title">
        <div className={styles.head}>
          <Title order={2} id="comparison-title">
            Comparison
          </Title>
          <ExportMenu
            runs={shown}
            comparison={comparison}
            titleOf={titleOf}
            nameOf={look.labelOf}
            discussion={edited ?? draft}
          />
        </div>
        {failure && (
          <Alert color="red" role="alert">
            <UntrustedText text={`${failure.what} ${failure.remedy}`} />
          </Alert>
        )}
        {!hasSettings && configurations.length > 1 && (
          <BestConfiguration configurations={configurations} dimensions={dimensions} />
        )}
        {compared.length < shown.length && (
          <Text size="sm" mb="sm">
            Compared here: the configurations with the lowest validation loss and the pinned baseline,{' '}
            {formatCounted(compared.length, 'run')} of {shown.length}.
          </Text>
        )}
        {comparison && comparison.pools.length > 0 && (
          <ComparisonTable
            comparison={comparison}
            ngramBaselines={ngramBaselinesOf(compared)}
            titleOf={titleOf}
            colourOf={colourOf}
          />
        )}
        {comparison && comparison.pools.length === 0 && (
          <Text size="sm">
            {shown.every(({ epochs }) => epochs.length === 0)
              ? 'None of the shown runs has finished an epoch yet.'
              : 'None of the shown runs has a best epoch: their validation losses are not finite numbers.'}
          </Text>
        )}
      </section>
      <section className={shared.sheet} aria-label="Charts">
        <ChartControls>{hasSeeds && <MeanSwitch />}</ChartControls>
        {compared.length > drawn.length && (
          <Text size="xs" c="dimmed" mb="xs">
            The charts show the {drawn.length} newest of {compared.length} runs.
          </Text>
        )}
        <RunCharts
          runs={drawn}
          steps={steps}
          page="compare"
          subject={subject}
          faded={faded}
          pools={pools}
          poolShortOf={poolShortOf}
          {...look}
        />
      </section>
      <section className={shared.sheet} aria-labelledby="every-title">
        <Title order={2} id="every-title" mb="sm">
          Results per run
        </Title>
        <EveryRun runs={shown} look={look} />
      </section>
      <section className={shared.sheet} aria-labelledby="helps-title">
        <Title order={2} id="helps-title" mb="sm">
          Where models differ
        </Title>
        {comparison && <WhereItHelps comparison={comparison} titleOf={titleOf} colourOf={colourOf} />}
      </section>
      <section className={shared.sheet} aria-labelledby="layers-title">
        <Title order={2} id="layers-title" mb="sm">
          Gradient norm by layer
        </Title>
        <LayerNormChart runs={drawn} steps={steps} page="compare" subject={subject} faded={faded} {...look} />
      </section>
      <section className={shared.sheet} aria-labelledby="discussion-title">
        <Title order={2} id="discussion-title" mb="sm">
          Discussion
        </Title>
        <Discussion draft={draft} edited={edited} onEdit={edit} />
      </section>
    </>
  );
});

function MeanSwitch() {
  const pooled = useChartView((view) => view.pooled);
  return (
    <Switch
      size="sm"
      label="Mean over seeds"
      checked={pooled}
      onChange={({ currentTarget }) => useChartView.setState({ pooled: currentTarget.checked })}
    />
  );
}

/** One of each kind, where all runs are judged by the same. */
function ngramBaselinesOf(runs: readonly RunRecord[]): readonly NgramBaseline[] {
  if (new Set(runs.map(({ dataset }) => dataset.sha256)).size > 1) return [];
  const byName = new Map(runs.flatMap(({ yardsticks }) => yardsticks).map((one) => [one.name, one]));
  return [...byName.values()];
}
