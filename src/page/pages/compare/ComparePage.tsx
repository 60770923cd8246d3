/** Compares runs: which model is better, by how much, with which uncertainty, where, and at what cost. */
import { Button, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { clsx } from 'clsx';
import { useDeferredValue, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { configurationsOf, dimensionsOf, runsToCompare } from '#core/experiments/table.ts';
import { experimentShown, shownRuns } from '../../client/experiments.ts';
import { useSelection } from '../../client/selection.ts';
import { useConnection, useRuns } from '../../client/stores.ts';
import { DamagedRecords } from '../../runs/DamagedRecords.tsx';
import { ImportRunsButton } from '../../runs/ImportRunsButton.tsx';
import { RunsPanel } from '../../runs/RunsPanel.tsx';
import { useRunStyles } from '../../runs/runStyle.ts';
import { Compared } from './Compared.tsx';
import { Configurations } from './experiments/Configurations.tsx';
import { ExperimentsList } from './experiments/ExperimentsList.tsx';
import shared from '../../ui/shared.module.css';
import styles from './ComparePage.module.css';

/** More curves than this nobody tells apart: of further compared runs the newest are drawn. */
const MAX_DRAWN = 24;
const NARROW = '(max-width: 1100px)';

export function ComparePage() {
  const narrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const { picked, experiment, baseline } = useSelection();
  const shown = useMemo(() => shownRuns(runs, { picked, experiment }), [runs, picked, experiment]);
  const shownIds = useMemo(() => new Set(shown.map(({ id }) => id)), [shown]);
  const configurations = useMemo(() => configurationsOf(shown), [shown]);
  const dimensions = useMemo(() => dimensionsOf(shown), [shown]);
  const hasSettings = dimensions.some((dimension) => dimension !== 'model');
  // the configurations are there at once, and what is below them a little later
  const later = useDeferredValue(shown);
  const compared = useMemo(() => runsToCompare(later, baseline), [later, baseline]);
  const drawn = useMemo(() => compared.slice(-MAX_DRAWN), [compared]);
  const look = useRunStyles(drawn);
  const [pointed, setPointed] = useState<string | null>(null);
  const connecting = useConnection(({ state }) => state === 'connecting');
  // what is stored is not known yet, and a file chosen in the meantime would be lost with its button
  if (runs.length === 0) return connecting ? null : <NothingYet />;
  const panel = <RunsPanel shown={shownIds} look={look} onPoint={setPointed} />;
  const experiments = <ExperimentsList runs={runs} shown={experimentShown(runs, shown)} />;
  const comparison = (
    <Stack gap="md" className={styles.main}>
      <DamagedRecords of="runs" />
      {hasSettings && <Configurations configurations={configurations} dimensions={dimensions} />}
      <Compared shown={later} compared={compared} drawn={drawn} look={look} pointed={pointed} />
    </Stack>
  );
  return (
    <>
      <h1 className={shared.visuallyHidden}>Compare</h1>
      {narrow ? (
        <Tabs defaultValue="comparison" keepMounted={false}>
          <Tabs.List grow mb="md">
            <Tabs.Tab value="comparison">Comparison</Tabs.Tab>
            <Tabs.Tab value="runs">Runs</Tabs.Tab>
            <Tabs.Tab value="experiments">Experiments</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="comparison">{comparison}</Tabs.Panel>
          <Tabs.Panel value="runs" className={shared.sheet}>
            {panel}
          </Tabs.Panel>
          <Tabs.Panel value="experiments" className={shared.sheet}>
            {experiments}
          </Tabs.Panel>
        </Tabs>
      ) : (
        <div className={styles.page}>
          <aside className={clsx(shared.sheet, styles.runs)}>
            <Tabs defaultValue="runs" keepMounted={false}>
              <Tabs.List grow mb="sm">
                <Tabs.Tab value="runs">Runs</Tabs.Tab>
                <Tabs.Tab value="experiments">Experiments</Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="runs">{panel}</Tabs.Panel>
              <Tabs.Panel value="experiments">{experiments}</Tabs.Panel>
            </Tabs>
          </aside>
          {comparison}
        </div>
      )}
    </>
  );
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
