/** A number that takes effect as it is typed. While the field holds none, or one out of its limits, the last one stays in use and says so. */
import { useState } from 'react';
import { isWrong, textOf, type NumberEntry, type WrongEntry } from './entry.ts';
import { limitsProblem } from './limits.ts';
import { LOCALE } from './locale.ts';
import { NumberInput, type NumberInputProps } from './NumberInput.tsx';

interface AppliedNumberInputProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'error'> {
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
  const apply = (entry: NumberEntry, text: string) => {
    const number = entry ?? whenEmpty ?? null;
    const problem = problemOf(number);
    if (problem === null && typeof number === 'number') {
      setRefused(null);
      if (number !== value) onChange(number);
    } else {
      const inUse = textOf(value, limits, LOCALE);
      setRefused({ entry: { text, problem: `${problem} In use: ${inUse}.` }, inUse: value });
    }
  };
  const problemOf = (entry: NumberEntry) => {
    if (isWrong(entry)) return entry.problem;
    return limitsProblem(entry ?? NaN, limits, LOCALE);
  };
  return <NumberInput {...others} value={refused?.entry ?? value} onChange={apply} />;
}
