/** The runs of the experiment, one line each, with their latest figures. */
import { Anchor, Table, Text } from '@mantine/core';
import { clsx } from 'clsx';
import { Link } from 'wouter';
import { modelTitle } from '#core/models/registry.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import { modelColour } from '../../runs/colours.ts';
import { formatParameters, formatTokenRate, NO_FIGURE, RUN_STATE_TITLES } from '#core/format.ts';
import { inSentence, metricOf, SHOWN, type MetricName } from '#core/metrics/registry.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { useActivity } from '../../client/stores.ts';
import { RunMenu } from '../../runs/RunMenu.tsx';
import type { ShownExperiment } from './shownExperiment.ts';
import shared from '../../ui/shared.module.css';
import styles from './RunLines.module.css';

export function RunLines({ shown }: { readonly shown: ShownExperiment }) {
  const finished = shown.runs.some(({ epochs }) => epochs.length > 0);
  return (
    <section className={shared.sheet} aria-label="Runs">
      <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
        <Table
          verticalSpacing={7}
          horizontalSpacing={6}
          className={clsx(shared.stickyFirstColumn, styles.table)}
          aria-label="Runs of this experiment"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Epoch</Table.Th>
              {SHOWN.curves.map((name) => (
                <Table.Th key={name}>{metricOf(name).title}</Table.Th>
              ))}
              <Table.Th>Speed</Table.Th>
              <Table.Th>Parameters</Table.Th>
              <Table.Th>
                <span className={shared.visuallyHidden}>Menu</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.runs.map((run) => (
              <RunLine key={run.id} run={run} />
            ))}
            {shown.planned.map((model) => (
              <Table.Tr key={model} className={styles.planned}>
                <Table.Td>
                  <ModelName colour={modelColour(model)} title={modelTitle(model)} />
                </Table.Td>
                <Table.Td>waiting</Table.Td>
                <Table.Td colSpan={4 + SHOWN.curves.length} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {shown.runs.map(({ id, model, failure }) =>
        failure ? (
          <Text key={id} size="sm" mt="xs">
            <b>{modelTitle(model)}:</b> <UntrustedText text={`${failure.what} ${failure.remedy}`} />
          </Text>
        ) : null,
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {listed(SHOWN.curves)} are measured on validation files after the latest epoch.
        {finished && (
          <>
            {' '}
            <Anchor component={Link} href="/compare" size="xs" underline="always">
              Compare the models
            </Anchor>
          </>
        )}
      </Text>
    </section>
  );
}

/** `Loss, top-5 and perplexity`. */
function listed(names: readonly MetricName[]): string {
  const titles = names.map((name, at) => (at === 0 ? metricOf(name).title : inSentence(metricOf(name).title)));
  return [titles.slice(0, -1).join(', '), ...titles.slice(-1)].join(' and ');
}

function RunLine({ run }: { readonly run: RunRecord }) {
  const progress = useActivity((state) => (state.progress?.runId === run.id ? state.progress : null));
  const last = run.epochs.at(-1);
  const epoch = progress?.epoch ?? last?.epoch;
  return (
    <Table.Tr>
      <Table.Td>
        <ModelName colour={modelColour(run.model)} title={modelTitle(run.model)} />
      </Table.Td>
      <Table.Td>
        {RUN_STATE_TITLES[run.state]}
        {run.ended === 'patience' && ', stopped early'}
      </Table.Td>
      <Table.Td>{epoch === undefined ? NO_FIGURE : `${epoch} of ${run.config.epochs}`}</Table.Td>
      {SHOWN.curves.map((name) => (
        <Table.Td key={name}>{metricOf(name).format(last?.validation[name])}</Table.Td>
      ))}
      <Table.Td>{formatTokenRate(progress?.tokensPerSecond ?? last?.tokensPerSecond)}</Table.Td>
      <Table.Td>{formatParameters(run.parameters)}</Table.Td>
      <Table.Td>
        <RunMenu run={run} />
      </Table.Td>
    </Table.Tr>
  );
}

function ModelName({ colour, title }: { readonly colour: string; readonly title: string }) {
  return (
    <span className={shared.modelName}>
      <span className={shared.swatch} style={{ background: colour }} aria-hidden />
      {title}
    </span>
  );
}
