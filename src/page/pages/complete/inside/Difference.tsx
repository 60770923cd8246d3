/** Two models over one text: which is surprised less, and where most. */
import { Text } from '@mantine/core';
import { visibleText } from '#core/visibleText.ts';
import { UntrustedText } from '../../../ui/UntrustedText.tsx';
import type { Inspection } from '#core/completion/answers.ts';
import { formatBits, lineOf, mostDiffering, sameTokens } from './colouring.ts';
import { ValueLegend } from './UnitControls.tsx';
import type { Seen } from './useSeen.ts';
import styles from './tables.module.css';

const SHOWN = 10;

interface DifferenceProps {
  readonly one: Seen<Inspection> | null;
  readonly other: Seen<Inspection> | null;
  readonly names: readonly [string, string];
}

export function Difference({ one, other, names }: DifferenceProps) {
  const [first, second] = [visibleText(names[0]), visibleText(names[1])];
  if (!one || !other) {
    return (
      <Text size="sm" c="dimmed">
        Both models are reading the text.
      </Text>
    );
  }
  if (one.text !== other.text) return null;
  if (!sameTokens(one.answer, other.answer)) {
    return (
      <Text size="sm">
        The data sets of the two models split this text into different tokens ({one.answer.tokens.length} and{' '}
        {other.answer.tokens.length}), so they cannot be compared token by token. Each text is colored by its own
        model’s surprise.
      </Text>
    );
  }
  const difference = one.answer.meanBits - other.answer.meanBits;
  return (
    <>
      <Text size="sm">
        {first}: {formatBits(one.answer.meanBits)} per token; {second}: {formatBits(other.answer.meanBits)}.{' '}
        {Math.abs(difference) < 0.005
          ? 'Both are equally surprised.'
          : `${difference < 0 ? first : second} is less surprised, by ${formatBits(Math.abs(difference))}.`}
      </Text>
      <div>
        <Text size="xs" c="dimmed">
          Less surprised
        </Text>
        <ValueLegend low={second} high={first} />
      </div>
      <table className={styles.expected}>
        <caption>Where they differ most</caption>
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">{first}</th>
            <th scope="col">{second}</th>
          </tr>
        </thead>
        <tbody>
          {mostDiffering(one.answer, other.answer, SHOWN).map(({ token }) => (
            <tr key={token}>
              <th scope="row">
                <code>
                  <UntrustedText dir="ltr" text={one.answer.tokens[token]!} />
                </code>{' '}
                <span className={styles.line}>line {lineOf(one.text, one.answer.starts[token]!)}</span>
              </th>
              <td>{one.answer.bits[token]!.toFixed(1)}</td>
              <td>{other.answer.bits[token]!.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="xs" c="dimmed">
        In bits of surprise. A token outside a model’s vocabulary counts as its {'<UNK>'}, which is likelier with a
        smaller vocabulary.
      </Text>
    </>
  );
}
