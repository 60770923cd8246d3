/**
 * Charts that change together are drawn one after the other, each in a task of its own, to keep tasks of the main thread under 50 ms.
 * Measured while a third model trains, in CPU time over 20 seconds on a busy machine: in four runs with turns the longest task took 38
 * to 54 ms, and 21 to 49 tasks took over 20 ms. In one run without turns it was 52 ms and 50 tasks, which is no clear difference; in
 * one without turns and without coalescing 70 ms and 152 tasks. The turns stay until a quiet machine shows that they can go.
 *
 * It is the last of three stages between the worker and a chart: the worker limits how many messages there are
 * (workers/training/progress.ts), the page coalesces those that come faster than it draws (client/eventCoalescer.ts), and the charts
 * divide the drawing among several tasks.
 */
import { createElement, memo, useEffect, useMemo, useRef, useState, type ComponentType } from 'react';
import { flushSync } from 'react-dom';

const waiting: (() => void)[] = [];
let inProgress = false;

/** Draws what the work changes in a task of its own, after what waits already. */
function takeTurn(work: () => void): void {
  waiting.push(work);
  if (inProgress) return;
  inProgress = true;
  setTimeout(next);
}

function next(): void {
  const work = waiting.shift();
  inProgress = work !== undefined;
  if (!work) return;
  try {
    // without it two charts could be drawn in one task
    flushSync(work);
  } finally {
    setTimeout(next);
  }
}

/**
 * The component, drawn again in its own turn where its properties change, with the latest of them. Give it the same objects and
 * functions each time: while one model trains, the charts of the others then do not change.
 */
export function inTurn<Props extends object>(Component: ComponentType<Props>): ComponentType<Props> {
  return memo(function InTurn(props: Props) {
    const drawn = useTurn(props);
    return useMemo(() => createElement(Component, drawn), [drawn]);
  });
}

/** @returns the value as it was when this component last had its turn */
function useTurn<Value>(value: Value): Value {
  const [held, setHeld] = useState(value);
  const latest = useRef(value);
  const isQueued = useRef(false);
  const mounted = useMounted();
  useEffect(() => {
    latest.current = value;
    // a queued turn uses the latest value
    if (isQueued.current) return;
    isQueued.current = true;
    takeTurn(() => {
      isQueued.current = false;
      if (mounted.current) setHeld(latest.current);
    });
  }, [value, mounted]);
  return held;
}

/** False while a component is drawn for the first time, true from its turn on: for children that are costly to mount. */
export function useDeferredMount(): boolean {
  const [isDue, setDue] = useState(false);
  const mounted = useMounted();
  useEffect(() => takeTurn(() => mounted.current && setDue(true)), [mounted]);
  return isDue;
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
