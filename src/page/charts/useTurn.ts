/** Charts that change together are drawn one after the other, each in a task of its own, so that none of these is long. */
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

const waiting: (() => void)[] = [];
let underWay = false;

/** Draws what the work changes in a task of its own, after what waits already. */
function inTurn(work: () => void): void {
  waiting.push(work);
  if (underWay) return;
  underWay = true;
  setTimeout(next);
}

function next(): void {
  const work = waiting.shift();
  underWay = work !== undefined;
  if (!work) return;
  try {
    // without it two charts could come to be drawn in one task
    flushSync(work);
  } finally {
    setTimeout(next);
  }
}

/** @returns the value as it was when this chart last had its turn */
export function useTurn<Value>(value: Value): Value {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  const asked = useRef(false);
  const mounted = useMounted();
  useEffect(() => {
    latest.current = value;
    // a turn that is awaited takes the latest value with it
    if (asked.current) return;
    asked.current = true;
    inTurn(() => {
      asked.current = false;
      if (mounted.current) setHeld(latest.current);
    });
  }, [value, mounted]);
  return held;
}

/** False while a part is drawn for the first time, true from its turn on: for what is costly to begin with. */
export function useAfterwards(): boolean {
  const [after, setAfter] = useState(false);
  const mounted = useMounted();
  useEffect(() => inTurn(() => mounted.current && setAfter(true)), [mounted]);
  return after;
}

function useMounted(): { readonly current: boolean } {
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  return mounted;
}
