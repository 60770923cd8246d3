/**
 * Typed remote calls. An API is an interface whose functions return promises, and it lists each call once. The worker implements it
 * with plain methods that may throw, and the page calls it as if it were in the same thread. Errors are sent as values (`Answer`),
 * because comlink would drop the kind and remedy of a thrown one.
 */
import { failureOf, LabError, type Failure } from '#core/failure.ts';

/** The message that answers a call. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An API as its worker implements it: a call may return its value without a promise, and may throw. */
export type Implementation<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => Promise<infer Value>
    ? (...args: Args) => Value | Promise<Value>
    : never;
};

/** Runs a call and returns its result or failure; never throws. */
export async function answer<T>(call: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** @throws LabError if the call failed */
export function unwrap<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new LabError(answer.failure);
  return answer.value;
}

/** An API as the page calls it. The calls do not use `this`, so they can be passed as functions. */
export type RemoteCalls<Api> = { readonly [Name in keyof Api]: Api[Name] };

/**
 * An API whose calls are sent elsewhere by name.
 * @param send returns the result of the call with that name
 */
export function callsThrough<Api>(
  send: (name: string, args: readonly unknown[]) => Promise<unknown>,
): RemoteCalls<Api> {
  // with a function named `then`, `await` would treat the object as a promise
  const isCall = (name: string | symbol): name is string => typeof name === 'string' && name !== 'then';
  const calls = new Proxy<Record<string, unknown>>(
    {},
    {
      has: (_, name) => isCall(name),
      get(made, name) {
        if (!isCall(name)) return undefined;
        made[name] ??= (...args: unknown[]) => send(name, args);
        return made[name];
      },
    },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- names and types of the calls are those of the interface
  return calls as RemoteCalls<Api>;
}
