/** Errors as values: comlink would strip a thrown one of its kind and remedy. */
import { failureOf } from '#core/failure.ts';
import type { Answer } from '#contract/lab.ts';

export async function answer<T>(call: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
