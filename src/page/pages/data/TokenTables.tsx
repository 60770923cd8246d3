/** The commonest tokens of training, and the commonest of validation that the vocabulary misses. */
import { Text, Title } from '@mantine/core';
import { clsx } from 'clsx';
import { useState } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../ui/UntrustedText.tsx';
import type { Manifest } from '#core/data/manifest.ts';
import { formatCount, formatPercent } from '#core/format.ts';
import { Term } from '../../glossary/Term.tsx';
import shared from '../../ui/shared.module.css';
import styles from './TokenTables.module.css';
import chartStyles from './DatasetCharts.module.css';

const FIRST_SHOWN = 15;
const MAX_SHOWN = 100;

interface CountedToken {
  readonly token: string;
  readonly count: number;
}

export function TokenTables({ manifest }: { readonly manifest: Manifest }) {
  const { vocabulary, figures, splits } = manifest;
  const common = vocabulary.tokens.slice(0, MAX_SHOWN).map((token, i) => ({ token, count: vocabulary.counts[i] ?? 0 }));
  return (
    <section className={shared.sheet} aria-labelledby="tokens-title">
      <div className={clsx(shared.withTerm, styles.head)}>
        <Title order={2} id="tokens-title">
          Tokens
        </Title>
        <Term of="literal" />
      </div>
      <div className={chartStyles.charts}>
        <TokenTable title="Most frequent" note="of all training tokens" tokens={common} total={splits.train.tokens} />
        {figures ? (
          <TokenTable
            title="Most frequent unknown"
            note="of all unknown validation tokens"
            tokens={figures.unknown}
            total={splits.validation.unknownTokens}
          />
        ) : (
          <Text size="sm" c="dimmed">
            An older version of the lab made this data set and did not count unknown tokens.
          </Text>
        )}
      </div>
    </section>
  );
}

interface TokenTableProps {
  readonly title: string;
  readonly note: string;
  readonly tokens: readonly CountedToken[];
  readonly total: number;
}

function TokenTable({ title, note, tokens, total }: TokenTableProps) {
  const [all, setAll] = useState(false);
  const shown = all ? tokens : tokens.slice(0, FIRST_SHOWN);
  const most = tokens[0]?.count ?? 1;
  if (tokens.length === 0) {
    return (
      <div>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed">
          None.
        </Text>
      </div>
    );
  }
  return (
    <div className={styles.table}>
      <table>
        <caption>
          <b>{title}</b> <span>{note}</span>
        </caption>
        <colgroup>
          <col />
          <col className={styles.countColumn} />
          <col className={styles.shareColumn} />
        </colgroup>
        <thead className={shared.visuallyHidden}>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">Count</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ token, count }) => (
            <tr key={token}>
              <th scope="row">
                <code title={visibleText(token)}>
                  <UntrustedText dir="ltr" text={token} />
                </code>
              </th>
              <td>{formatCount(count)}</td>
              <td className={styles.share}>
                <span className={styles.bar} style={{ width: `${(count / most) * 100}%` }} />
                {share(count / total)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {tokens.length > FIRST_SHOWN && (
        <button type="button" className={styles.more} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${tokens.length}`}
          <span className={shared.visuallyHidden}> of: {title}</span>
        </button>
      )}
    </div>
  );
}

/** Shares of single tokens are small: a tenth of a per cent is still worth a digit. */
function share(fraction: number): string {
  return fraction > 0 && fraction < 0.0005 ? '<0.1%' : formatPercent(fraction);
}
