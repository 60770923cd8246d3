/**
 * A number that takes effect as it is typed. While the field holds none, or one out of its limits, the number from before is in use, not what
 * the text passed through on its way: on the way to 5000 it was 500. The field says so.
 */
import { useRef, useState } from 'react';
import { isWrong, textOf, type NumberEntry, type WrongEntry } from './entry.ts';
import { limitsProblem } from './limits.ts';
import { LOCALE } from './locale.ts';
import { NumberInput, type NumberInputProps } from './NumberInput.tsx';

interface AppliedNumberInputProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'onFocus' | 'error'> {
  /** The one in use. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

interface Refused {
  readonly entry: WrongEntry;
  /** The number in use then: once another is chosen elsewhere, what was wrong is forgotten. */
  readonly inUse: number;
}

export function AppliedNumberInput({ value, onChange, ...others }: AppliedNumberInputProps) {
  const { limits, whenEmpty } = others;
  const [refused, setRefused] = useState<Refused | null>(null);
  if (refused && refused.inUse !== value) setRefused(null);
  /** In use when the field was entered. */
  const before = useRef(value);

  const apply = (entry: NumberEntry, text: string) => {
    const number = entry ?? whenEmpty ?? NaN;
    const problem = isWrong(number) ? number.problem : limitsProblem(number, limits, LOCALE);
    const next = isWrong(number) || problem !== null ? before.current : number;
    if (problem === null) setRefused(null);
    else {
      const inUse = textOf(next, limits, LOCALE);
      setRefused({ entry: { text, problem: `${problem} In use: ${inUse}.` }, inUse: next });
    }
    if (next !== value) onChange(next);
  };
  return (
    <NumberInput
      {...others}
      value={refused?.entry ?? value}
      onChange={apply}
      onFocus={() => {
        before.current = value;
      }}
    />
  );
}
