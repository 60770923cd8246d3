/**
 * A unit along the line of the cursor: its state, and the gates and the cell of a model that has them, one row each, with a column per
 * token.
 */
import { Text } from '@mantine/core';
import { clsx } from 'clsx';
import { UntrustedText } from '../../../ui/UntrustedText.tsx';
import type { Inspection, UnitTrace } from '#core/completion/answers.ts';
import { NumbersTable } from '../../../charts/NumbersTable.tsx';
import { Term } from '../../../glossary/Term.tsx';
import type { Caret } from '../completion.ts';
import { lineTokens, stepOf } from './colouring.ts';
import shared from '../../../ui/shared.module.css';
import styles from './GatesChart.module.css';

interface GatesChartProps {
  readonly trace: UnitTrace;
  readonly inspection: Inspection;
  readonly caret: Caret;
}

interface Track {
  readonly name: string;
  readonly values: Float32Array;
  /** Largest magnitude that the track can show: 1 for a gate. */
  readonly largest: number;
}

export function GatesChart({ trace, inspection, caret }: GatesChartProps) {
  const line = lineTokens(caret.text, inspection, caret.cursor);
  if (line === null) {
    return (
      <Text size="xs" c="dimmed">
        Place the cursor in a line of code to see the unit along it.
      </Text>
    );
  }
  const [from, to] = line;
  const places = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const tracks = tracksOf(trace, from, to);
  const title = trace.gates ? 'Gates along this line' : 'The unit along this line';
  return (
    <div>
      <Text size="sm" fw={600} component="div" className={shared.withTerm}>
        {title} {trace.gates && <Term of="gates" />}
      </Text>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard must be able to scroll it */}
      <section className={styles.scroll} tabIndex={0} aria-label={title}>
        <div
          className={styles.grid}
          style={{ gridTemplateColumns: `62px repeat(${places.length}, minmax(22px, 44px))` }}
          aria-hidden
        >
          {tracks.map(({ name, values, largest }) => (
            <GateRow key={name} name={name} values={places.map((token) => values[token]!)} largest={largest} />
          ))}
          <span />
          {places.map((token) => (
            <span key={token} className={styles.token}>
              <UntrustedText dir="ltr" text={inspection.tokens[token]!} />
            </span>
          ))}
        </div>
        <p className={shared.visuallyHidden}>{tracks.map((track) => inWords(track, from, to)).join(' ')}</p>
      </section>
      <NumbersTable
        title={title}
        head={['Token', ...tracks.map(({ name }) => name)]}
        rows={() =>
          places.map((token, i) => [
            `${i + 1} ${inspection.tokens[token]!}`,
            ...tracks.map(({ values }) => values[token]!.toFixed(3)),
          ])
        }
      />
    </div>
  );
}

function GateRow({
  name,
  values,
  largest,
}: {
  readonly name: string;
  readonly values: readonly number[];
  readonly largest: number;
}) {
  return (
    <>
      <span className={styles.name}>{name}</span>
      {values.map((value, i) => (
        <span
          // oxlint-disable-next-line react/no-array-index-key -- a cell is known by its place
          key={i}
          className={clsx(styles.cell, `cm-value-${stepOf(largest > 0 ? value / largest : 0)}`)}
          title={value.toFixed(3)}
        />
      ))}
    </>
  );
}

function tracksOf({ hidden, gates }: UnitTrace, from: number, to: number): Track[] {
  const largestOf = (values: Float32Array) =>
    values.subarray(from, to + 1).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const state: Track = { name: 'state', values: hidden, largest: Math.max(1, largestOf(hidden)) };
  const own = (gates ?? []).map(({ name, values, bounded }) => {
    return { name, values, largest: bounded ? 1 : Math.max(1, largestOf(values)) };
  });
  return [...own, state];
}

function inWords({ name, values }: Track, from: number, to: number): string {
  const own = values.subarray(from, to + 1);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  return `The ${name} goes from ${low.toFixed(2)} to ${high.toFixed(2)}.`;
}
