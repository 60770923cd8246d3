/** Chooses the hidden unit that colors the code, suggests informative ones, and shows its gates along the line. */
import { Button, SegmentedControl, Slider, Text } from '@mantine/core';
import { clsx } from 'clsx';
import type { OpenModel } from '#contract/completer.ts';
import type { Inspection, UnitTrace } from '#core/completion/answers.ts';
import { AppliedNumberInput } from '../../../ui/numbers/AppliedNumberInput.tsx';
import { Term } from '../../../glossary/Term.tsx';
import type { Caret } from '../completion.ts';
import { useCompleteSettings } from '../../../client/completeSettings.ts';
import { GatesChart } from './GatesChart.tsx';
import { useInformativeUnits, type Seen } from './useSeen.ts';
import styles from './UnitControls.module.css';

interface UnitControlsProps {
  readonly model: OpenModel;
  readonly text: string;
  readonly seen: Seen<Inspection> | null;
  readonly trace: Seen<UnitTrace> | null;
  readonly caret: Caret | null;
}

export function UnitControls({ model, text, seen, trace, caret }: UnitControlsProps) {
  const layer = useCompleteSettings((state) => state.layer);
  const unit = useCompleteSettings((state) => state.unit);
  const most = model.spec.hidden - 1;
  const shown = Math.min(unit, most);
  const choose = (next: number) =>
    useCompleteSettings.setState({ unit: Math.max(0, Math.min(most, Math.round(next))) });
  return (
    <>
      <div className={styles.unit}>
        <SegmentedControl
          size="xs"
          aria-label="Layer"
          data={Array.from({ length: model.spec.layers }, (_, index) => ({
            value: String(index + 1),
            label: model.spec.layers > 2 ? String(index + 1) : `Layer ${index + 1}`,
          }))}
          value={String(Math.min(layer, model.spec.layers))}
          onChange={(value) => useCompleteSettings.setState({ layer: Number(value) })}
        />
        <AppliedNumberInput
          size="xs"
          aria-label="Unit"
          limits={{ whole: true, min: 0, max: most }}
          step={1}
          value={shown}
          onChange={choose}
        />
        <Term of="unit" className={styles.unitTerm} />
      </div>
      <Slider
        size="sm"
        label={null}
        thumbProps={{ 'aria-label': 'Unit' }}
        min={0}
        max={most}
        value={shown}
        onChange={choose}
      />
      <ValueLegend low="−1" high="1" />
      <InformativeUnits model={model} text={text} />
      {trace && seen && caret && trace.text === seen.text && seen.text === caret.text && (
        <GatesChart trace={trace.answer} inspection={seen.answer} caret={caret} />
      )}
    </>
  );
}

const STEPS = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

export function ValueLegend({ low, high }: { readonly low: string; readonly high: string }) {
  return (
    <div className={styles.legend}>
      <span>{low}</span>
      {STEPS.map((step) => (
        <span key={step} className={clsx(styles.swatch, `cm-value-${step}`)} aria-hidden />
      ))}
      <span>{high}</span>
    </div>
  );
}

function InformativeUnits({ model, text }: { readonly model: OpenModel; readonly text: string }) {
  const informative = useInformativeUnits(model, text);
  if (!informative || informative.answer.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Units of this model that follow something in this text:
      </Text>
      <ul className={styles.informative}>
        {informative.answer.map(({ layer, unit, follows, correlation }) => (
          <li key={follows}>
            <Button size="compact-xs" variant="default" onClick={() => useCompleteSettings.setState({ layer, unit })}>
              {layer}.{unit}
            </Button>{' '}
            <Text span size="xs">
              {follows}, r = {correlation.toFixed(2).replace('-', '−')}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
