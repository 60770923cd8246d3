/** The one field for numbers: it keeps what is typed, key by key, and reads it in the browser's locale. */
import { TextInput, type TextInputProps } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { useRef, useState, type KeyboardEvent } from 'react';
import { isWrong, textOf, type NumberEntry } from './entry.ts';
import { followForm, leaveField, openField, typeInto, type FieldState } from './field.ts';
import { stepped, type NumberLimits } from './limits.ts';
import { LOCALE } from './locale.ts';
import { useRepeatWhilePressed } from './useRepeatWhilePressed.ts';
import styles from './NumberInput.module.css';

export interface NumberInputProps extends Omit<
  TextInputProps,
  'value' | 'onChange' | 'defaultValue' | 'error' | 'min' | 'max' | 'step' | 'type'
> {
  readonly value: NumberEntry;
  /** With every change; what is typed is the entry's text. Whoever keeps the entry acts on nothing else while it is wrong. */
  readonly onChange: (entry: NumberEntry, text: string) => void;
  readonly limits: NumberLimits;
  /** How far an arrow goes; without it there are none. */
  readonly step?: number;
  /** What the form takes for an empty field, which then shows it as placeholder and, once it is left, as number. */
  readonly whenEmpty?: number;
  /** What is wrong with a number that can be read; of a text that cannot, the field says it itself. */
  readonly error?: string | undefined;
}

export function NumberInput(props: NumberInputProps) {
  const { value, onChange, limits, step, whenEmpty, error, placeholder, className, ...others } = props;
  const rules = { limits, locale: LOCALE, whenEmpty };
  const input = useRef<HTMLInputElement>(null);
  const [kept, setField] = useState(() => openField(value, rules));
  const field = followForm(kept, value, rules);
  if (field !== kept) setField(field);

  const show = (next: FieldState) => {
    setField(next);
    onChange(next.entry, next.text);
  };
  const stepBy = (direction: 1 | -1) => {
    const { entry } = field;
    if (step === undefined || isWrong(entry)) return;
    const next = stepped(entry ?? whenEmpty ?? 0, direction * step, limits);
    show({ ...field, text: textOf(next, limits, LOCALE), entry: next });
  };
  const hold = useRepeatWhilePressed(stepBy);
  const arrows = step !== undefined && !others.disabled && !others.readOnly;
  const onArrow = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.nativeEvent.isComposing) return;
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : null;
    if (direction === null) return;
    event.preventDefault();
    stepBy(direction);
  };
  return (
    <TextInput
      {...others}
      className={clsx(styles.input, className)}
      ref={input}
      // the decimal keyboard of a phone has no minus sign
      inputMode={limits.min < 0 ? 'text' : limits.whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      autoCorrect="off"
      spellCheck={false}
      value={field.text}
      placeholder={placeholder ?? textOf(whenEmpty ?? null, limits, LOCALE)}
      error={isWrong(value) && value.problem !== '' ? value.problem : error}
      onChange={({ currentTarget }) => show(typeInto(field, currentTarget.value, rules))}
      onBlur={() => setField((last) => leaveField(last, rules))}
      onKeyDown={arrows ? onArrow : undefined}
      rightSectionWidth={arrows ? 22 : undefined}
      rightSection={
        arrows && (
          <Arrows
            onPress={(direction, pointer) => {
              // a finger would open the keyboard
              if (pointer === 'mouse') input.current?.focus();
              hold(direction);
            }}
          />
        )
      }
    />
  );
}

/** For the mouse: keys and screen readers have the arrow keys. */
function Arrows({ onPress }: { readonly onPress: (direction: 1 | -1, pointer: string) => void }) {
  const arrow = (direction: 1 | -1, Icon: typeof IconChevronUp) => (
    <button
      type="button"
      tabIndex={-1}
      className={styles.arrow}
      onPointerDown={(event) => {
        event.preventDefault(); // the focus stays in the field
        if (event.button === 0) onPress(direction, event.pointerType);
      }}
      onMouseDown={(event) => event.preventDefault()}
    >
      <Icon size={11} stroke={2.5} />
    </button>
  );
  return (
    <span className={styles.arrows} aria-hidden>
      {arrow(1, IconChevronUp)}
      {arrow(-1, IconChevronDown)}
    </span>
  );
}
