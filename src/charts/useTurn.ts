/** Charts that change together are drawn one after the other, each in a task of its own, so that none of these is long. */
import { useEffect, useRef, useState } from 'react';

/** Milliseconds between two charts' turns. */
const TURN_MS = 25;

/**
 * @param turn place among the charts; 0 is drawn at once
 * @returns the value as it was when this chart last had its turn
 */
export function useTurn<Value>(value: Value, turn: number): Value {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    latest.current = value;
    // a turn that is awaited takes the latest value with it
    if (turn === 0 || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      setHeld(latest.current);
    }, turn * TURN_MS);
  }, [value, turn]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return turn === 0 ? value : held;
}
