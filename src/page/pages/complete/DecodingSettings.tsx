/** Settings of decoding, and the switch for a cache over the text. */
import { SegmentedControl, Switch, Text } from '@mantine/core';
import { memo } from 'react';
import { DECODING_METHODS, decodingSchema, DEFAULT_DECODING, type Decoding } from '#core/completion/decoding.ts';
import { AppliedNumberInput } from '../../ui/numbers/AppliedNumberInput.tsx';
import { limitsOf } from '../../ui/numbers/limits.ts';
import { Term } from '../../glossary/Term.tsx';
import { OtherFilesMemory } from './OtherFilesMemory.tsx';
import { useCompleteSettings } from '../../client/completeSettings.ts';
import shared from '../../ui/shared.module.css';
import styles from './DecodingSettings.module.css';

const METHODS: Readonly<Record<Decoding['method'], string>> = {
  greedy: 'Greedy',
  sample: 'Sampling',
  beam: 'Beam search',
};

const WHY: Readonly<Record<Decoding['method'], string>> = {
  greedy: 'Always takes the likeliest token.',
  sample: 'Draws each token by its probability.',
  beam: 'Compares several lines and takes the likeliest.',
};

interface Knob {
  readonly name: Exclude<keyof Decoding, 'method'>;
  readonly title: string;
  readonly why: string;
  readonly step: number;
  readonly only?: Decoding['method'];
}

const KNOBS: readonly Knob[] = [
  {
    name: 'temperature',
    title: 'Temperature',
    why: 'Below 1, likely tokens become likelier.',
    step: 0.1,
    only: 'sample',
  },
  { name: 'topK', title: 'Top-k', why: 'Draws only among this many likeliest tokens.', step: 5, only: 'sample' },
  { name: 'seed', title: 'Seed', why: 'The same text and seed give the same line.', step: 1, only: 'sample' },
  { name: 'beams', title: 'Beams', why: 'Number of lines compared.', step: 1, only: 'beam' },
  { name: 'lines', title: 'Lines', why: 'Suggests at most this many lines.', step: 1 },
];

export const DecodingSettings = memo(function DecodingSettings() {
  const decoding = useCompleteSettings((state) => state.decoding);
  const cache = useCompleteSettings((state) => state.cache);
  const { method } = decoding;
  return (
    <div className={styles.decoding}>
      <Text size="xs" fw={600} component="div" className={shared.withTerm} id="decoding-title">
        Decoding <Term of="decoding" />
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
            Memory of this text <Term of="cache" />
          </span>
        }
        aria-label="Memory of this text"
        description="Tokens that the text had after similar states of the model become likelier, also names outside the vocabulary."
        checked={cache}
        onChange={({ currentTarget }) => useCompleteSettings.setState({ cache: currentTarget.checked })}
      />
      {cache && <OtherFilesMemory />}
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
