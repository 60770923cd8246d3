/** The bands of surprise, how many tokens of the text are in each, and whose surprise it is where a cache takes part. */
import { SegmentedControl, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { Inspection } from '#core/completion/answers.ts';
import { formatPercent } from '#core/format.ts';
import { useCompleteSettings } from '../../../client/completeSettings.ts';
import { BANDS, bandCounts, formatBits, shownSurprise } from './colouring.ts';
import shared from '../../../ui/shared.module.css';
import styles from './tables.module.css';

export function SurpriseLegend({ inspection }: { readonly inspection: Inspection }) {
  const withCache = useCompleteSettings((state) => state.surpriseWithCache);
  const { cached } = inspection;
  const { ranks, meanBits } = shownSurprise(inspection, withCache);
  const counts = bandCounts(ranks);
  if (ranks.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        There are no tokens in the text yet.
      </Text>
    );
  }
  return (
    <>
      {cached && (
        <SegmentedControl
          size="xs"
          fullWidth
          mb={6}
          aria-label="Whose surprise"
          data={[
            { value: 'model', label: 'Model alone' },
            { value: 'cache', label: 'With memory of this text' },
          ]}
          value={withCache ? 'cache' : 'model'}
          onChange={(value) => useCompleteSettings.setState({ surpriseWithCache: value === 'cache' })}
        />
      )}
      <Text size="sm">
        {cached &&
          `${formatBits(inspection.meanBits)} per token by the model alone, ${formatBits(cached.meanBits)} with memory. `}
        {!cached && `${formatBits(meanBits)} per token. `}
        {formatPercent((counts[0]! + counts[1]!) / ranks.length)} of tokens are among its first five guesses.
      </Text>
      <table className={styles.bands}>
        <caption className={shared.visuallyHidden}>Tokens by the model’s guess</caption>
        <thead className={shared.visuallyHidden}>
          <tr>
            <th scope="col">The true token was</th>
            <th scope="col">Tokens</th>
          </tr>
        </thead>
        <tbody>
          {BANDS.map(({ title }, band) => (
            <tr key={title}>
              <th scope="row">
                <span className={clsx(styles.bandSwatch, `cm-band cm-band-${band}`)} aria-hidden>
                  ab
                </span>{' '}
                {title}
              </th>
              <td>{counts[band]!.toLocaleString('en-US')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
