/** The worker's side of the typed remote call: answers the page's calls with what the methods of one object give or throw. */
import { expose, transfer, type Endpoint } from 'comlink';
import { answer, type Implementation } from '#contract/remote.ts';

const transfers = new WeakMap<object, Transferable[]>();

/** Lets a call's value move these buffers to the page instead of copying them. */
export function withTransfer<T extends object>(value: T, buffers: Transferable[]): T {
  transfers.set(value, buffers);
  return value;
}

/** @param endpoint where the calls come from; this worker's own page by default */
export function serve<Api extends object>(implementation: Implementation<Api>, endpoint?: Endpoint): void {
  const answering = new Proxy(implementation, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        const result = await answer((): unknown => Reflect.apply(method, target, args));
        return transfer(result, result.ok ? buffersOf(result.value) : []);
      };
    },
  });
  expose(answering, endpoint);
}

function buffersOf(value: unknown): Transferable[] {
  return (typeof value === 'object' && value !== null ? transfers.get(value) : undefined) ?? [];
}
