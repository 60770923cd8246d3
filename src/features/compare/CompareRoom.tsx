/** Experiments side by side with themselves: which of the models is better, by how much, and at what price. */
import './compare.css';
import { Button, Select, Stack, Text, Title } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { ChartControls } from '../../charts/ChartControls.tsx';
import { LayerNormChart } from '../../charts/LayerNormChart.tsx';
import { RunCharts } from '../../charts/RunCharts.tsx';
import { showSteps } from '../../lab/runActions.ts';
import { DEVICE_TITLES, formatMoment, MODEL_TITLES } from '../../core/format.ts';
import { experimentsOf, type Experiment } from '../../lab/experiments.ts';
import { useDatasets, useRuns } from '../../lab/stores.ts';
import { Word } from '../words/Word.tsx';
import { CompareTable } from './CompareTable.tsx';

const EXPLAIN = { loss: <Word of="loss" />, top5: <Word of="top-5" />, perplexity: <Word of="perplexity" /> };

export function CompareRoom() {
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const steps = useRuns((state) => state.steps);
  const experiments = useMemo(() => experimentsOf(runs), [runs]);
  const [chosenId, choose] = useState<string | null>(null);
  const chosen = experiments.find(({ id }) => id === chosenId) ?? experiments[0];
  const ids = chosen?.runs.map(({ id }) => id).join() ?? '';
  useEffect(() => void showSteps(ids === '' ? [] : ids.split(',')), [ids]);
  if (!chosen) return <NothingYet />;
  return (
    <Stack gap="md">
      <section className="sheet" aria-label="Comparison">
        <div className="compare-head">
          <Title order={1}>Compare</Title>
          <Select
            aria-label="Experiment"
            className="compare-choice"
            data={experiments.map((one) => ({ value: one.id, label: experimentTitle(one) }))}
            value={chosen.id}
            onChange={choose}
            allowDeselect={false}
          />
        </div>
        <Origin experiment={chosen} />
        <CompareTable runs={chosen.runs} />
      </section>
      <section className="sheet" aria-label="Charts">
        <ChartControls />
        <RunCharts runs={chosen.runs} steps={steps} subject={chosen.id} explain={EXPLAIN} />
      </section>
      <section className="sheet" aria-labelledby="layers-title">
        <Title order={2} id="layers-title" mb="sm">
          Gradient norm by layer
        </Title>
        <LayerNormChart runs={chosen.runs} steps={steps} subject={chosen.id} />
      </section>
    </Stack>
  );
}

function experimentTitle({ createdAt, runs }: Experiment): string {
  const models = runs.map(({ model }) => MODEL_TITLES[model]).join(', ');
  return `${formatMoment(createdAt)} · ${runs[0]?.config.preset ?? ''} · ${models}`;
}

/** What was the same for all runs of the experiment. */
function Origin({ experiment }: { readonly experiment: Experiment }) {
  const stored = useDatasets((state) => state.stored);
  const [run] = experiment.runs;
  if (!run) return null;
  const { config, dataset, device } = run;
  const title = stored.find(({ manifest }) => manifest.id === dataset.id)?.manifest.title ?? dataset.id;
  const facts = [
    title,
    `preset ${config.preset}`,
    `hidden ${config.hidden}`,
    `embedding ${config.embedding}`,
    `vocabulary ${config.vocabulary.toLocaleString('en-US')}`,
    `length ${config.length.toLocaleString('en-US')}`,
    `batch ${config.batch}`,
    `rate ${config.learningRate}`,
    `dropout ${config.dropout}`,
    `seed ${config.seed}`,
    device.name === DEVICE_TITLES[device.kind] ? device.name : `${DEVICE_TITLES[device.kind]}, ${device.name}`,
  ];
  return (
    <Text size="sm" c="dimmed" mt={4} mb="sm">
      {facts.join(' · ')}
    </Text>
  );
}

function NothingYet() {
  return (
    <section className="sheet narrow-sheet">
      <Title order={1}>Compare</Title>
      <Text mt="xs">
        Once a model has finished its first epoch, it stands here beside the others: accuracy, perplexity, size and
        speed.
      </Text>
      <Button component={Link} href="/train" mt="md">
        Go to Train
      </Button>
    </section>
  );
}
