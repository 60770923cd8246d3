/**
 * The typed remote call. An API is an interface whose functions give promises, and lists each call once. The worker implements it
 * with plain methods that may throw, and the page calls it as if it were in the same thread. An error crosses as a value, an
 * `Answer`, because comlink would strip a thrown one of its kind and remedy.
 */
import { failureOf, LabError, type Failure } from '#core/failure.ts';

/** What crosses the border for a call. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** An API as its worker implements it: a call may give its value at once, and throws where it fails. */
export type Implementation<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends (...args: infer Args) => Promise<infer Value>
    ? (...args: Args) => Value | Promise<Value>
    : never;
};

/** Makes a call; never throws. */
export async function answer<T>(call: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** @throws LabError where the call failed */
export function unwrap<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new LabError(answer.failure);
  return answer.value;
}

/** An API as the page calls it: the calls need no object, so they can be passed on as functions. */
export type RemoteCalls<Api> = { readonly [Name in keyof Api]: Api[Name] };

/**
 * An API whose calls are sent elsewhere by name.
 * @param send gives what the call of that name gives
 */
export function callsThrough<Api>(
  send: (name: string, args: readonly unknown[]) => Promise<unknown>,
): RemoteCalls<Api> {
  // a function named `then` would make a promise of the object wherever it is awaited
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
