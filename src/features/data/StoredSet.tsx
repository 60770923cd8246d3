/** One stored data set: what it is, how large each part is, and what the vocabulary misses. */
import { Code, Table, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { StoredDataset } from '../../../workers/protocol.ts';
import { SPLITS, type Manifest } from '../../core/dataset/manifest.ts';
import { formatBytes, formatCount, formatCounted, formatMoment, formatPercent } from '../../core/format.ts';
import { deleteDataset } from '../../lab/actions.ts';
import { useActivity } from '../../lab/stores.ts';
import { ConfirmButton } from '../ConfirmButton.tsx';
import { Word } from '../words/Word.tsx';

const RULES: Readonly<Record<Manifest['rules'], string>> = {
  'codexglue-2021': 'CodeXGLUE, since July 2021',
  'codexglue-2020': 'CodeXGLUE, before July 2021',
};

const SPLIT_TITLES = { train: 'Train', validation: 'Validation', test: 'Test' } as const;

export function StoredSet({ dataset }: { readonly dataset: StoredDataset }) {
  const { manifest, bytes, storedAt } = dataset;
  const training = useActivity(({ activity }) => activity.state !== 'idle');
  return (
    <section className="sheet" aria-label={`Stored: ${manifest.title}`}>
      <div className="stored-head">
        <div>
          <Title order={2}>{manifest.title}</Title>
          <Text size="sm" c="dimmed" mt={2}>
            {manifest.source.description}
          </Text>
        </div>
        <ConfirmButton
          label="Delete"
          name={`Delete ${manifest.title}`}
          icon={<IconTrash size={14} aria-hidden />}
          question="Delete this data set from the browser? Runs trained on it stay; it can be downloaded again."
          confirm="Delete the data set"
          disabled={training}
          onConfirm={() => void deleteDataset(manifest.id)}
        />
      </div>
      <dl className="stored-facts">
        <Fact name="Files">{formatCount(manifest.counts.files)}</Fact>
        <Fact name="Tokens" word={<Word of="token" />}>
          {formatCount(manifest.counts.tokens)}
        </Fact>
        <Fact name="Distinct tokens">{formatCount(manifest.counts.distinctTokens)}</Fact>
        <Fact name="Vocabulary" word={<Word of="unk" />}>
          {formatCount(manifest.vocabulary.tokens.length)}
        </Fact>
        <Fact name="Row length">{formatCounted(manifest.length, 'token')}</Fact>
        <Fact name="Seed of the split" word={<Word of="seed" />}>
          {manifest.seed}
        </Fact>
        <Fact name="Stored">{formatBytes(bytes)}</Fact>
      </dl>
      <Splits manifest={manifest} />
      <Text size="sm" mt="md">
        <b>Licence</b> {manifest.licence} · <b>Token rules</b> {RULES[manifest.rules]} · <b>Content</b>{' '}
        <Code title={manifest.sha256}>{manifest.sha256.slice(0, 12)}</Code> · <b>Stored</b> {formatMoment(storedAt)}
      </Text>
      <Skipped manifest={manifest} />
    </section>
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
      <dd className="figure">{children}</dd>
    </div>
  );
}

function Splits({ manifest }: { readonly manifest: Manifest }) {
  return (
    <Table.ScrollContainer minWidth={520} type="native" tabIndex={0}>
      <Table verticalSpacing={6} aria-label={`Parts of ${manifest.title}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Part</Table.Th>
            <Table.Th>Files</Table.Th>
            <Table.Th>Tokens</Table.Th>
            <Table.Th>Kept by the cut</Table.Th>
            <Table.Th>Unknown</Table.Th>
            <Table.Th>Shards</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="figure">
          {SPLITS.map((name) => {
            const { rows, tokens, keptTokens, unknownTokens, shards } = manifest.splits[name];
            return (
              <Table.Tr key={name}>
                <Table.Th scope="row">{SPLIT_TITLES[name]}</Table.Th>
                <Table.Td>{formatCount(rows)}</Table.Td>
                <Table.Td>{formatCount(tokens)}</Table.Td>
                <Table.Td>{formatCount(keptTokens)}</Table.Td>
                <Table.Td>{formatPercent(unknownTokens / keptTokens)}</Table.Td>
                <Table.Td>{formatCount(shards.length)}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Skipped({ manifest: { skipped } }: { readonly manifest: Manifest }) {
  if (skipped.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="xs">
        No file was left out.
      </Text>
    );
  }
  return (
    <details className="skipped">
      <summary>{formatCounted(skipped.length, 'file')} left out</summary>
      <ul>
        {skipped.map(({ path, line, reason }) => (
          <li key={path}>
            <Code>{line === null ? path : `${path}:${line}`}</Code> {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
