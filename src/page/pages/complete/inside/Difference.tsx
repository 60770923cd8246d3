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
        The two were trained on data sets that cut this text into other tokens ({one.answer.tokens.length} and{' '}
        {other.answer.tokens.length}), so they cannot be held against each other token by token. Each text is coloured
        by its own model’s surprise.
      </Text>
    );
  }
  const difference = one.answer.meanBits - other.answer.meanBits;
  return (
    <>
      <Text size="sm">
        {first}: {formatBits(one.answer.meanBits)} a token; {second}: {formatBits(other.answer.meanBits)}.{' '}
        {Math.abs(difference) < 0.005
          ? 'Both are as surprised.'
          : `${difference < 0 ? first : second} is surprised less by ${formatBits(Math.abs(difference))}.`}
      </Text>
      <div>
        <Text size="xs" c="dimmed">
          Surprised less
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
        Bits of surprise; what a model does not know counts as its {'<UNK>'}, which a smaller vocabulary makes likelier.
      </Text>
    </>
  );
}
