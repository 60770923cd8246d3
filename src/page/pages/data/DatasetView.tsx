/** One stored data set: where it is from, what is in it, and what the cut and the vocabulary miss. */
import { Button, Code, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconFileZip, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { StoredDataset } from '#core/data/stored.ts';
import { readingOf, type Manifest } from '#core/data/manifest.ts';
import { formatBytes, formatCount, formatCounted, formatMoment, formatPercent, NO_FIGURE } from '#core/format.ts';
import type { SourceReading } from '#core/python/lexer/reading.ts';
import { deleteDataset } from '../../client/actions.ts';
import { attempt } from '../../ui/failures.ts';
import { saveDataset } from '../../client/datasetFile.ts';
import { useActivity, useDatasets } from '../../client/stores.ts';
import { ConfirmButton } from '../../ui/ConfirmButton.tsx';
import { useTrainForm } from '../train/form.ts';
import { Term } from '../../glossary/Term.tsx';
import { DatasetCharts } from './DatasetCharts.tsx';
import { lostOfAll, warningsOf } from './facts.ts';
import { SkippedFiles } from './SkippedFiles.tsx';
import { RowBrowser } from './RowBrowser.tsx';
import { SplitTable } from './SplitTable.tsx';
import { TokenTables } from './TokenTables.tsx';
import shared from '../../ui/shared.module.css';
import styles from './DatasetView.module.css';

const RULES: Readonly<Record<Manifest['rules'], string>> = {
  'codexglue-2021': 'CodeXGLUE’s, since July 2021',
  'codexglue-2020': 'CodeXGLUE’s, before July 2021',
};

const READINGS: Readonly<Record<SourceReading, string>> = {
  text: 'like python3: declared encoding, universal newlines',
  'utf8-text': 'like CodeXGLUE: UTF-8, universal newlines',
  bytes: 'like tokenize on bytes: a lone carriage return does not end a line',
};

export function DatasetView({ dataset }: { readonly dataset: StoredDataset }) {
  const { manifest } = dataset;
  return (
    <>
      <section
        className={shared.sheet}
        aria-label={`Stored: ${visibleText(manifest.title)}`}
        data-shown-dataset={manifest.id}
      >
        <Head dataset={dataset} />
        <Warnings manifest={manifest} />
        <Facts dataset={dataset} />
        <SplitTable manifest={manifest} />
        <Provenance dataset={dataset} />
      </section>
      <RowBrowser key={`${manifest.id}-${manifest.sha256}`} manifest={manifest} />
      <DatasetCharts manifest={manifest} />
      <TokenTables manifest={manifest} />
      <SkippedFiles manifest={manifest} />
    </>
  );
}

function Head({ dataset: { manifest } }: { readonly dataset: StoredDataset }) {
  const [, go] = useHashLocation();
  const training = useActivity(({ activity }) => activity.state !== 'idle');
  const offered = useDatasets(
    ({ offered }) => offered.state === 'known' && offered.list.some(({ id }) => id === manifest.id),
  );
  return (
    <div className={styles.head}>
      <div>
        <Title order={2}>
          <UntrustedText text={manifest.title} />
        </Title>
        <Text size="sm" c="dimmed" mt={2}>
          <UntrustedText text={manifest.source.description} />
        </Text>
      </div>
      <div className={styles.actions}>
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={() => {
            useTrainForm.setState({ datasetId: manifest.id });
            go('/train');
          }}
        >
          Train on it
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileZip size={14} aria-hidden />}
          onClick={() => void attempt(() => saveDataset(manifest.id))}
        >
          Export
        </Button>
        <ConfirmButton
          label="Delete"
          name={`Delete ${visibleText(manifest.title)}`}
          icon={<IconTrash size={14} aria-hidden />}
          question={`Delete this data set from the browser? Runs trained on it stay; it can be ${offered ? 'downloaded' : 'imported'} again.`}
          confirm="Delete the data set"
          disabled={training}
          onConfirm={() => void deleteDataset(manifest.id)}
        />
      </div>
    </div>
  );
}

function Warnings({ manifest }: { readonly manifest: Manifest }) {
  const warnings = warningsOf(manifest);
  if (warnings.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label="Notes">
      {warnings.map((warning) => (
        <li key={warning}>
          <IconAlertTriangle size={16} aria-hidden />
          {warning}
        </li>
      ))}
    </ul>
  );
}

function Facts({ dataset: { manifest, bytes } }: { readonly dataset: StoredDataset }) {
  const { counts, figures, vocabulary, length, whole } = manifest;
  return (
    <dl className={styles.facts}>
      <Fact name="Files">{formatCount(counts.files)}</Fact>
      <Fact name="Tokens" word={<Term of="token" />}>
        {formatCount(counts.tokens)}
      </Fact>
      <Fact name="Distinct tokens">{formatCount(counts.distinctTokens)}</Fact>
      <Fact name="Vocabulary" word={<Term of="vocabulary" />}>
        {formatCount(vocabulary.tokens.length)}
      </Fact>
      <Fact name="Row length" word={<Term of="cut" />}>
        {formatCount(length)} <small>tokens</small>
      </Fact>
      <Fact name={whole ? 'Long files' : 'Lost to the cut'}>
        {whole ? (
          'kept whole'
        ) : (
          <>
            {formatPercent(lostOfAll(manifest))} <small>of tokens</small>
          </>
        )}
      </Fact>
      <Fact name="Duplicates found" word={<Term of="duplicate" />}>
        {figures ? formatCount(figures.duplicates.files) : NO_FIGURE}
        {figures && figures.duplicates.files > 0 && (
          <small>
            {' '}
            {figures.duplicates.files === 1 ? 'file' : 'files'}, {figures.duplicates.dropped ? 'dropped' : 'kept'}
          </small>
        )}
      </Fact>
      <Fact name="Stored size">{formatBytes(bytes)}</Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly word?: ReactNode;
  readonly children: ReactNode;
}

function Fact({ name, word, children }: FactProps) {
  return (
    <div>
      <dt>
        {name}
        {word}
      </dt>
      <dd className={shared.figure}>{children}</dd>
    </div>
  );
}

function Provenance({ dataset: { manifest, storedAt } }: { readonly dataset: StoredDataset }) {
  const { licence, rules, seed, sha256, figures } = manifest;
  return (
    <dl className={styles.provenance}>
      <dt>License</dt>
      <dd>
        <UntrustedText text={licence} />
      </dd>
      <dt>Token rules</dt>
      <dd>{RULES[rules]}</dd>
      <dt>Files read</dt>
      <dd>{READINGS[readingOf(manifest)]}</dd>
      <dt>Split</dt>
      <dd>
        by seed {seed}, like PyTorch’s random_split <Term of="split" className={styles.provenanceTerm} />
      </dd>
      {figures && (
        <>
          <dt>Longest file</dt>
          <dd className={styles.breakable}>
            <UntrustedText text={figures.longest.path} />, {formatCounted(figures.longest.tokens, 'token')}
          </dd>
        </>
      )}
      <dt>Content</dt>
      <dd>
        <Code title={`SHA-256 ${sha256}`}>{sha256.slice(0, 12)}</Code>, stored {formatMoment(storedAt)}
      </dd>
    </dl>
  );
}
