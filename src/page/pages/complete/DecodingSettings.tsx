/** How a line is decoded, and whether names of the text are offered. */
import { SegmentedControl, Switch, Text } from '@mantine/core';
import { memo } from 'react';
import { DECODING_METHODS, decodingSchema, DEFAULT_DECODING, type Decoding } from '#core/completion/decoding.ts';
import { AppliedNumberInput } from '../../ui/numbers/AppliedNumberInput.tsx';
import { limitsOf } from '../../ui/numbers/limits.ts';
import { Term } from '../../glossary/Term.tsx';
import { useCompleteSettings } from '../../client/completeSettings.ts';
import shared from '../../ui/shared.module.css';
import styles from './DecodingSettings.module.css';

const METHODS: Readonly<Record<Decoding['method'], string>> = { greedy: 'Likeliest', sample: 'Drawn', beam: 'Beams' };

const WHY: Readonly<Record<Decoding['method'], string>> = {
  greedy: 'The likeliest token each time.',
  sample: 'Each token is drawn by its probability.',
  beam: 'Several lines side by side; the likeliest as a whole.',
};

interface Knob {
  readonly name: Exclude<keyof Decoding, 'method'>;
  readonly title: string;
  readonly why: string;
  readonly step: number;
  readonly only?: Decoding['method'];
}

const KNOBS: readonly Knob[] = [
  { name: 'temperature', title: 'Temperature', why: 'Below 1 the likely becomes likelier.', step: 0.1, only: 'sample' },
  { name: 'topK', title: 'Top-k', why: 'Only so many of the likeliest can be drawn.', step: 5, only: 'sample' },
  { name: 'seed', title: 'Seed', why: 'The same text and seed give the same line.', step: 1, only: 'sample' },
  { name: 'beams', title: 'Beams', why: 'Lines kept side by side.', step: 1, only: 'beam' },
  { name: 'lines', title: 'Lines', why: 'That are offered at most.', step: 1 },
];

export const DecodingSettings = memo(function DecodingSettings() {
  const decoding = useCompleteSettings((state) => state.decoding);
  const pointer = useCompleteSettings((state) => state.pointer);
  const { method } = decoding;
  return (
    <div className={styles.decoding}>
      <Text size="xs" fw={500} component="div" className={shared.withTerm} id="decoding-title">
        How a line is written <Term of="decoding" />
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="decoding-title"
        data={DECODING_METHODS.map((value) => ({ value, label: METHODS[value] }))}
        value={method}
        onChange={(value) => set({ method: value })}
      />
      <Text size="xs" c="dimmed">
        {WHY[method]}
      </Text>
      <div className={styles.knobs}>
        {KNOBS.filter(({ only }) => only === undefined || only === method).map((knob) => (
          <KnobField key={`${method} ${knob.name}`} knob={knob} value={decoding[knob.name]} />
        ))}
      </div>
      <Switch
        size="xs"
        label={
          <span className={shared.withTerm}>
            Names of this text <Term of="pointer" />
          </span>
        }
        aria-label="Names of this text"
        description="Offers names that the vocabulary lacks. Never counted in any measure."
        checked={pointer}
        onChange={({ currentTarget }) => useCompleteSettings.setState({ pointer: currentTarget.checked })}
      />
    </div>
  );
});

function KnobField({ knob, value }: { readonly knob: Knob; readonly value: number }) {
  const { name, title, why, step } = knob;
  return (
    <AppliedNumberInput
      label={title}
      description={why}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      size="xs"
      limits={{ ...limitsOf(decodingSchema.shape[name]), ungrouped: name === 'seed' }}
      step={step}
      whenEmpty={DEFAULT_DECODING[name]}
      value={value}
      onChange={(next) => set({ [name]: next })}
    />
  );
}

function set(next: Partial<Decoding>): void {
  useCompleteSettings.setState({ decoding: { ...useCompleteSettings.getState().decoding, ...next } });
}
