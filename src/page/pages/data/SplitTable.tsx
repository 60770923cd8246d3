/** Rows and tokens of each part. */
import { Table } from '@mantine/core';
import { visibleText } from '#core/visibleText.ts';
import { splitsOf, type Manifest } from '#core/data/manifest.ts';
import { formatCount, formatPercent } from '#core/format.ts';
import { Term } from '../../glossary/Term.tsx';
import { filesOf, lostShare, SPLIT_TITLES } from './facts.ts';
import shared from '../../ui/shared.module.css';
import styles from './SplitTable.module.css';

export function SplitTable({ manifest }: { readonly manifest: Manifest }) {
  return (
    <Table.ScrollContainer minWidth={560} type="native" tabIndex={0}>
      <Table verticalSpacing={6} aria-label={`Splits of ${visibleText(manifest.title)}`} className={styles.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Split</Table.Th>
            <Table.Th>Files</Table.Th>
            <Table.Th>Rows</Table.Th>
            <Table.Th>Tokens</Table.Th>
            <Table.Th>Tokens in rows</Table.Th>
            <Table.Th>Lost to the cut</Table.Th>
            <Table.Th>
              <span className={shared.withTerm}>
                Unknown <Term of="unk" />
              </span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className={shared.figure}>
          {splitsOf(manifest).map(([name, entry]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{SPLIT_TITLES[name]}</Table.Th>
              <Table.Td>{formatCount(filesOf(manifest, name))}</Table.Td>
              <Table.Td>{formatCount(entry.rows)}</Table.Td>
              <Table.Td>{formatCount(entry.tokens)}</Table.Td>
              <Table.Td>{formatCount(entry.keptTokens)}</Table.Td>
              <Table.Td>{formatPercent(lostShare(entry))}</Table.Td>
              <Table.Td>{formatPercent(entry.unknownTokens / entry.keptTokens)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
