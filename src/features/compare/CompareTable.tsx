/** The table of an experiment: a line a model, the best of a column marked with a word, yardsticks in grey below. */
import { SegmentedControl, Table, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { modelColour } from '../../charts/colours.ts';
import {
  formatDuration,
  formatParameters,
  formatPercent,
  formatPerplexity,
  formatPerplexityDifference,
  formatPoints,
  formatTokenRate,
  MODEL_TITLES,
  NO_FIGURE,
} from '../../core/format.ts';
import type { Measures } from '../../core/measures.ts';
import type { RunRecord } from '../../core/run.ts';
import { RunMenu } from '../RunMenu.tsx';
import { Word } from '../words/Word.tsx';
import { bestPlaces, compareRows, yardsticksOf, type CompareRow, type Part } from './table.ts';

const PARTS: readonly { readonly value: Part; readonly label: string }[] = [
  { value: 'validation', label: 'Validation' },
  { value: 'test', label: 'Test' },
];

interface Column {
  readonly title: string;
  readonly better: 'more' | 'less';
  readonly value: (measures: Measures) => number;
  readonly format: (value: number) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'Top-5', better: 'more', value: ({ top5 }) => top5, format: (value) => formatPercent(value) },
  {
    title: 'Top-5 known',
    better: 'more',
    value: ({ top5Known }) => top5Known,
    format: (value) => formatPercent(value),
  },
  { title: 'Top-1', better: 'more', value: ({ top1 }) => top1, format: (value) => formatPercent(value) },
  { title: 'CodeXGLUE', better: 'more', value: ({ codexglue }) => codexglue, format: (value) => formatPercent(value) },
];

export function CompareTable({ runs }: { readonly runs: readonly RunRecord[] }) {
  const [part, setPart] = useState<Part>('validation');
  const rows = compareRows(runs, part);
  const marks = COLUMNS.map(({ value, better }) =>
    bestPlaces(
      rows.map(({ measures }) => (measures ? value(measures) : null)),
      better,
    ),
  );
  const perplexities = (of: (row: CompareRow) => Measures | null | undefined) =>
    bestPlaces(
      rows.map((row) => of(row)?.perplexity ?? null),
      'less',
    );
  const bestValidation = perplexities(({ best }) => best?.validation);
  const bestTest = perplexities(({ run }) => run.test);
  const yardsticks = yardsticksOf(runs);
  return (
    <>
      <div className="compare-part">
        <Text size="sm" id="part-label">
          Accuracies on
        </Text>
        <SegmentedControl
          size="xs"
          aria-labelledby="part-label"
          data={[...PARTS]}
          value={part}
          onChange={(value) => setPart(PARTS.find((one) => one.value === value)?.value ?? 'validation')}
        />
        <Text size="xs" c="dimmed">
          {part === 'test' ? 'Measured once, with the weights of the best epoch.' : 'At each model’s best epoch.'}
        </Text>
      </div>
      <Table.ScrollContainer minWidth={1120} type="native" tabIndex={0}>
        <Table
          verticalSpacing={8}
          horizontalSpacing="sm"
          className="compare-table"
          aria-label="Comparison of the models"
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              {COLUMNS.map(({ title }) => (
                <Table.Th key={title}>
                  {title}
                  {title === 'Top-5' && <Word of="top-5" />}
                </Table.Th>
              ))}
              <Table.Th>
                Perplexity, validation
                <Word of="perplexity" />
              </Table.Th>
              <Table.Th>Perplexity, test</Table.Th>
              <Table.Th>Parameters</Table.Th>
              <Table.Th>Epochs</Table.Th>
              <Table.Th>Best at</Table.Th>
              <Table.Th>Speed</Table.Th>
              <Table.Th>Time</Table.Th>
              <Table.Th>
                <span className="visually-hidden">Menu</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ run, best, measures, tokensPerSecond, seconds, difference }, i) => (
              <Table.Tr key={run.id}>
                <Table.Th scope="row">
                  <span className="model-name">
                    <span className="swatch" style={{ background: modelColour(run.model) }} aria-hidden />
                    {MODEL_TITLES[run.model]}
                  </span>
                  <RowNote run={run} difference={difference} />
                </Table.Th>
                {COLUMNS.map(({ title, value, format }, column) => (
                  <Cell key={title} best={marks[column]?.has(i) ?? false}>
                    {measures ? format(value(measures)) : NO_FIGURE}
                  </Cell>
                ))}
                <Cell best={bestValidation.has(i)}>{formatPerplexity(best?.validation.perplexity)}</Cell>
                <Cell best={bestTest.has(i)}>{formatPerplexity(run.test?.perplexity)}</Cell>
                <Cell>{formatParameters(run.parameters)}</Cell>
                <Cell>{run.epochs.length}</Cell>
                <Cell>{run.bestEpoch === null ? NO_FIGURE : `epoch ${run.bestEpoch}`}</Cell>
                <Cell>{formatTokenRate(tokensPerSecond)}</Cell>
                <Cell>{seconds > 0 ? formatDuration(seconds) : NO_FIGURE}</Cell>
                <Table.Td>
                  <RunMenu run={run} />
                </Table.Td>
              </Table.Tr>
            ))}
            {yardsticks.map(({ name, validation }) => (
              <Table.Tr key={name} className="compare-yardstick">
                <Table.Th scope="row">
                  {name === 'bigram' ? 'Bigram' : 'Unigram'}
                  <Word of="yardstick" />
                </Table.Th>
                {COLUMNS.map(({ title, value, format }) => (
                  <Cell key={title}>{part === 'validation' ? format(value(validation)) : NO_FIGURE}</Cell>
                ))}
                <Cell>{formatPerplexity(validation.perplexity)}</Cell>
                <Table.Td colSpan={7} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt="xs">
        <span className="best-mark" aria-hidden>
          ◆
        </span>{' '}
        marks the best of a column. <b>Known</b> counts an unknown token as a miss; <b>CodeXGLUE</b> is top-1 as that
        benchmark counts it. Speed and time are of training alone.
      </Text>
    </>
  );
}

function Cell({ best = false, children }: { readonly best?: boolean; readonly children: ReactNode }) {
  return (
    <Table.Td className="figure" data-best={best || undefined}>
      {best && (
        <>
          <span className="best-mark" aria-hidden>
            ◆
          </span>
          <span className="visually-hidden">best: </span>
        </>
      )}
      {children}
    </Table.Td>
  );
}

/** Beneath the name: how a residual model stands to its baseline, and what else a reader must know. */
function RowNote({ run, difference }: { readonly run: RunRecord; readonly difference: CompareRow['difference'] }) {
  if (difference) {
    return (
      <span className="row-note">
        to {MODEL_TITLES[difference.baseline.model]}: top-5 {formatPoints(difference.top5)}, perplexity{' '}
        {formatPerplexityDifference(difference.perplexity)}
      </span>
    );
  }
  if (run.state === 'done') return null;
  return <span className="row-note">{run.state}</span>;
}
