import { expose } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import type { LabEvent } from '#contract/lab.ts';
import type { Answer } from '#contract/remote.ts';
import type { Failure } from '#core/failure.ts';
import { LabClient } from './client.ts';
import type { LabWorker } from './workerLink.ts';

/** A worker's two ends in one thread: what the page holds, and the port the other side answers on. */
function pair() {
  const { port1, port2 } = new MessageChannel();
  const listeners = new Map<string, (event: Event) => void>();
  const worker: LabWorker = {
    postMessage: (message: unknown, transfer: Transferable[] = []) => port1.postMessage(message, transfer),
    addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      if (type === 'message') port1.addEventListener(type, listener);
      else if (typeof listener === 'function') listeners.set(type, listener);
    },
    removeEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
      if (type === 'message') port1.removeEventListener(type, listener);
      else listeners.delete(type);
    },
    start: () => port1.start(),
    terminate: () => {
      port1.close();
      port2.close();
    },
  };
  port1.start();
  return { worker, far: port2, die: () => listeners.get('error')?.(new Event('error')) };
}

const yes = <T>(value: T): Promise<Answer<T>> => Promise.resolve({ ok: true, value });

let open: LabClient | null = null;
afterEach(() => open?.close());

function client(worker: LabWorker, onFailure: (failure: Failure) => void = () => {}) {
  open = new LabClient(worker, onFailure);
  return open;
}

describe('LabClient', () => {
  it('unwraps answers and throws failures with their kind', async () => {
    const { worker, far } = pair();
    const failure: Failure = { kind: 'busy', what: 'Another run trains.', remedy: 'Stop it first.' };
    expose({ pause: () => yes(undefined), unpause: () => Promise.resolve({ ok: false, failure }) }, far);
    const lab = client(worker).calls;
    await expect(lab.pause()).resolves.toBeUndefined();
    await expect(lab.unpause()).rejects.toMatchObject({ name: 'LabError', failure });
  });

  it('passes arguments on, and gives the same function for a call each time', async () => {
    const { worker, far } = pair();
    expose({ weights: (...args: unknown[]) => yes({ name: args.join(' '), bytes: new Uint8Array() }) }, far);
    const lab = client(worker).calls;
    await expect(lab.weights('a', 'tfjs')).resolves.toMatchObject({ name: 'a tfjs' });
    expect(lab.weights).toBe(lab.weights);
  });

  it('has the calls of the contract alone, and is no promise', async () => {
    const { worker, far } = pair();
    expose({}, far);
    const lab = client(worker).calls;
    // @ts-expect-error -- the contract has no such call
    const call: unknown = lab.trainFaster;
    expect(call).toBeInstanceOf(Function);
    expect(await Promise.resolve(lab)).toBe(lab);
    await expect(lab.pause()).rejects.toMatchObject({ name: 'LabError', failure: { kind: 'internal' } });
  });

  it('hears events on the listener it gave', async () => {
    const { worker, far } = pair();
    const snapshot = { devices: {}, datasets: [], runs: [], activity: { state: 'idle' } };
    expose(
      {
        connect: async (listener: (event: LabEvent) => Promise<void>) => {
          await listener({ type: 'activity', activity: { state: 'idle' } });
          return yes(snapshot);
        },
      },
      far,
    );
    const heard: LabEvent[] = [];
    await client(worker).connect((event) => heard.push(event));
    expect(heard).toEqual([{ type: 'activity', activity: { state: 'idle' } }]);
  });

  it('fails what is pending, and all later calls, when the worker dies', async () => {
    const { worker, far, die } = pair();
    expose({ offered: () => new Promise(() => {}) }, far);
    const failures: Failure[] = [];
    const lab = client(worker, (failure) => failures.push(failure)).calls;
    const pending = lab.offered();
    die();
    await expect(pending).rejects.toMatchObject({ failure: { kind: 'worker' } });
    await expect(lab.pause()).rejects.toMatchObject({ failure: { kind: 'worker' } });
    expect(failures).toHaveLength(1);
  });

  it('gives up on a worker that never answers', async () => {
    const { worker } = pair();
    const failures: Failure[] = [];
    await expect(client(worker, (failure) => failures.push(failure)).connect(() => {}, 20)).rejects.toMatchObject({
      failure: { kind: 'worker' },
    });
    expect(failures).toHaveLength(1);
  });
});
