/** The token at the cursor: how surprised the model was, and what it expected. */
import { Text } from '@mantine/core';
import type { OpenModel } from '#contract/completer.ts';
import type { Inspection } from '#core/completion/answers.ts';
import { formatPercent } from '#core/format.ts';
import type { Caret } from '../completion.ts';
import { TokenName } from '../CandidateList.tsx';
import { useCompleteSettings } from '../../../client/completeSettings.ts';
import { formatBits, ordinal, shownSurprise, tokenAt } from './colouring.ts';
import { useExpected } from './useSeen.ts';
import styles from './CaretToken.module.css';
import tableStyles from './tables.module.css';

interface CaretTokenProps {
  readonly model: OpenModel;
  readonly inspection: Inspection;
  readonly caret: Caret;
}

export function CaretToken({ model, inspection, caret }: CaretTokenProps) {
  const token = tokenAt(inspection, caret.cursor);
  const withCache = useCompleteSettings((state) => state.surpriseWithCache) && inspection.cached !== null;
  const expected = useExpected(model, caret.text, token, withCache);
  if (token === null) return null;
  const { tokens, cached } = inspection;
  const { bits, ranks } = shownSurprise(inspection, withCache);
  return (
    <div className={styles.token}>
      <Text size="sm" component="p">
        At the cursor: <TokenName candidate={{ token: tokens[token]!, text: null }} />, {formatBits(bits[token]!)}, its{' '}
        {ordinal(ranks[token]!)} guess.
        {cached && ` ${withCache ? 'Without' : 'With'} memory of this text: `}
        {cached && formatBits((withCache ? inspection : cached).bits[token]!)}
        {cached && '.'}
      </Text>
      {expected && (
        <table className={tableStyles.expected}>
          <caption>It expected</caption>
          <tbody>
            {expected.map((candidate) => (
              <tr key={candidate.token} data-true={candidate.token === tokens[token] || undefined}>
                <th scope="row">
                  <TokenName candidate={candidate} />
                </th>
                <td>{formatPercent(candidate.probability)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
