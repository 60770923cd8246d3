/** Chooses the colors of the code, and shows the token at the cursor. */
import { SegmentedControl, Text, Title } from '@mantine/core';
import type { OpenModel } from '#contract/completer.ts';
import type { Inspection, UnitTrace } from '#core/completion/answers.ts';
import { Term } from '../../../glossary/Term.tsx';
import { COLOURINGS, useCompleteSettings, type Colouring } from '../../../client/completeSettings.ts';
import type { Caret } from '../completion.ts';
import { CaretToken } from './CaretToken.tsx';
import { Difference } from './Difference.tsx';
import { SurpriseLegend } from './SurpriseLegend.tsx';
import { UnitControls } from './UnitControls.tsx';
import type { Seen } from './useSeen.ts';
import shared from '../../../ui/shared.module.css';
import styles from './InsidePanel.module.css';

const TITLES: Readonly<Record<Colouring, string>> = {
  nothing: 'Nothing',
  surprise: 'Surprise',
  unit: 'A unit',
  difference: 'Difference',
};

interface InsidePanelProps {
  readonly model: OpenModel | null;
  readonly second: OpenModel | null;
  readonly seen: Seen<Inspection> | null;
  readonly secondSeen: Seen<Inspection> | null;
  readonly trace: Seen<UnitTrace> | null;
  /** Where typing has come to rest. */
  readonly caret: Caret | null;
  readonly text: string;
  readonly nameOf: (model: OpenModel) => string;
}

export function InsidePanel({ model, second, seen, secondSeen, trace, caret, text, nameOf }: InsidePanelProps) {
  const colouring = useCompleteSettings((state) => state.colouring);
  const shown: Colouring = colouring === 'difference' && !second ? 'surprise' : colouring;
  const data = COLOURINGS.filter((value) => value !== 'difference' || second !== null);
  return (
    <section aria-labelledby="inside-title">
      <Title order={2} id="inside-title" className={shared.withTerm}>
        See inside <Term of="surprise" />
      </Title>
      <Text size="xs" c="dimmed" mb={6} id="colour-by">
        Color the code by
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="colour-by"
        data={data.map((value) => ({ value, label: TITLES[value] }))}
        value={shown}
        onChange={(value) => useCompleteSettings.setState({ colouring: value })}
      />
      <div className={styles.body}>
        {shown === 'surprise' && seen && <SurpriseLegend inspection={seen.answer} />}
        {shown === 'unit' && model && (
          <UnitControls model={model} text={text} seen={seen} trace={trace} caret={caret} />
        )}
        {shown === 'difference' && model && second && (
          <Difference one={seen} other={secondSeen} names={[nameOf(model), nameOf(second)]} />
        )}
        {shown !== 'nothing' && seen && <Trouble inspection={seen.answer} />}
        {shown !== 'nothing' && model && seen && caret && seen.text === caret.text && (
          <CaretToken model={model} inspection={seen.answer} caret={caret} />
        )}
      </div>
    </section>
  );
}

function Trouble({ inspection: { trouble, beyond } }: { readonly inspection: Inspection }) {
  return (
    <>
      {trouble && (
        <Text size="xs" c="dimmed">
          Line {trouble.line}: {trouble.reason}.
        </Text>
      )}
      {beyond > 0 && (
        <Text size="xs" c="dimmed">
          The text is too long: its last {beyond.toLocaleString('en-US')} tokens are not read.
        </Text>
      )}
    </>
  );
}
