/** Failures that are not shown in a more specific place: drawn above the page until they are dismissed. */
import { create } from 'zustand';
import { failureOf, type Failure } from '#core/failure.ts';

export interface ShownFailure {
  readonly id: number;
  readonly failure: Failure;
}

export interface FailuresState {
  readonly shown: readonly ShownFailure[];
}

export const useFailures = create<FailuresState>()(() => ({ shown: [] }));

let lastFailureId = 0;

/** Shows a failure above the pages until it is dismissed; the same sentence is shown once. */
export function reportFailure(failure: Failure): void {
  if (failure.kind === 'cancelled') return;
  useFailures.setState(({ shown }) => {
    if (shown.some((one) => one.failure.what === failure.what)) return { shown };
    return { shown: [...shown, { id: ++lastFailureId, failure }] };
  });
}

export function dismissFailure(id: number): void {
  useFailures.setState(({ shown }) => ({ shown: shown.filter((one) => one.id !== id) }));
}

/** Runs what a click asked for; a failure goes to the banner. True if it succeeded. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    reportFailure(failureOf(error));
    return false;
  }
}
