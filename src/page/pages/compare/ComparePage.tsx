/** Compares runs: which model is better, by how much, with which uncertainty, where, and at what cost. */
import { Alert, Button, Group, Stack, Switch, Tabs, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { clsx } from 'clsx';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { modelTitle } from '#core/models/registry.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { ChartControls } from '../../charts/ChartControls.tsx';
import { LayerNormChart } from '../../runs/LayerNormChart.tsx';
import type { RunPool } from '../../runs/pooledSeries.ts';
import { RunCharts } from '../../runs/RunCharts.tsx';
import { MODEL_STYLE } from '../../runs/runSeries.ts';
import { useChartView } from '../../charts/view.ts';
import { draftDiscussion } from '#core/comparison/discussion.ts';
import { layerNorms } from '#core/comparison/layerNorms.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { poolTitles } from '#core/comparison/titles.ts';
import type { RunRecord, NgramBaseline } from '#core/runs/run.ts';
import { newestExperiment } from '../../client/experiments.ts';
import { showSteps } from '../../client/runActions.ts';
import { useSelection } from '../../client/selection.ts';
import { useConnection, useRuns } from '../../client/stores.ts';
import { DamagedRecords } from '../../runs/DamagedRecords.tsx';
import { useRunStyles } from '../../runs/runStyle.ts';
import { ImportRunsButton } from '../../runs/ImportRunsButton.tsx';
import { RunsPanel } from '../../runs/RunsPanel.tsx';
import { ComparisonTable } from './ComparisonTable.tsx';
import { Discussion } from './Discussion.tsx';
import { EveryRun } from './EveryRun.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { useComparison } from '../../runs/useComparison.ts';
import { useDiscussion } from './useDiscussion.ts';
import { WhereItHelps } from './WhereItHelps.tsx';
import shared from '../../ui/shared.module.css';
import styles from './ComparePage.module.css';

/** More curves than this nobody tells apart: of further picked runs the newest are drawn. */
const MAX_DRAWN = 24;
const NARROW = '(max-width: 1100px)';
const NOBODY: ReadonlySet<string> = new Set();
const NO_POOLS: readonly RunPool[] = [];

export function ComparePage() {
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const picked = useSelection((state) => state.picked);
  const shown = useMemo(() => shownRuns(runs, picked), [runs, picked]);
  const shownIds = useMemo(() => new Set(shown.map(({ id }) => id)), [shown]);
  const drawn = useMemo(() => shown.slice(-MAX_DRAWN), [shown]);
  const look = useRunStyles(drawn);
  const [pointed, setPointed] = useState<string | null>(null);
  const connecting = useConnection(({ state }) => state === 'connecting');
  // what is stored is not known yet, and a file chosen in the meantime would be lost with its button
  if (runs.length === 0) return connecting ? null : <NothingYet />;
  const panel = <RunsPanel shown={shownIds} look={look} onPoint={setPointed} />;
  const comparison = <Compared shown={shown} drawn={drawn} look={look} pointed={pointed} />;
  return (
    <>
      <h1 className={shared.visuallyHidden}>Compare</h1>
      {narrow ? (
        <Tabs defaultValue="comparison" keepMounted={false}>
          <Tabs.List grow mb="md">
            <Tabs.Tab value="comparison">Comparison</Tabs.Tab>
            <Tabs.Tab value="runs">Runs</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="comparison">{comparison}</Tabs.Panel>
          <Tabs.Panel value="runs" className={shared.sheet}>
            {panel}
          </Tabs.Panel>
        </Tabs>
      ) : (
        <div className={styles.page}>
          <aside className={clsx(shared.sheet, styles.runs)}>{panel}</aside>
          {comparison}
        </div>
      )}
    </>
  );
}

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

/** Oldest first: those picked that are still there, else the newest experiment's. */
function shownRuns(runs: readonly RunRecord[], picked: readonly string[]): readonly RunRecord[] {
  const wanted = new Set(picked);
  const chosen = runs.filter(({ id }) => wanted.has(id));
  const experiment = chosen.length > 0 ? null : newestExperiment(runs);
  const all = chosen.length > 0 ? chosen : runs.filter((run) => run.experiment === experiment);
  return all.toSorted((a, b) => a.number - b.number);
}

interface ComparedProps {
  readonly shown: readonly RunRecord[];
  readonly drawn: readonly RunRecord[];
  readonly look: ReturnType<typeof useRunStyles>;
  readonly pointed: string | null;
}

function Compared({ shown, drawn, look, pointed }: ComparedProps) {
  const steps = useRuns((state) => state.steps);
  const baseline = useSelection((state) => state.baseline);
  const { comparison, failure } = useComparison(shown, baseline);
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
  const [edited, edit] = useDiscussion(shown.map(({ id }) => id).join(' '));
  const subject = ids;
  return (
    <Stack gap="md" className={styles.main}>
      <DamagedRecords of="runs" />
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
        {comparison && comparison.pools.length > 0 && (
          <ComparisonTable
            comparison={comparison}
            ngramBaselines={ngramBaselinesOf(shown)}
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
        {shown.length > drawn.length && (
          <Text size="xs" c="dimmed" mb="xs">
            The charts show the {drawn.length} newest of {shown.length} runs.
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
    </Stack>
  );
}

/** One of each kind, where all runs are judged by the same. */
function ngramBaselinesOf(runs: readonly RunRecord[]): readonly NgramBaseline[] {
  if (new Set(runs.map(({ dataset }) => dataset.sha256)).size > 1) return [];
  const byName = new Map(runs.flatMap(({ yardsticks }) => yardsticks).map((one) => [one.name, one]));
  return [...byName.values()];
}

function NothingYet() {
  return (
    <Stack gap="md" className={shared.narrowSheet}>
      <section className={shared.sheet} aria-label="Nothing to compare yet">
        <Title order={1}>Compare</Title>
        <Text mt="xs">Models appear here after their first epoch, with accuracy, perplexity, size and speed.</Text>
        <Group mt="md" gap="sm">
          <Button component={Link} href="/train">
            Go to Train
          </Button>
          <ImportRunsButton size="sm" />
        </Group>
      </section>
      <DamagedRecords of="runs" />
    </Stack>
  );
}
