import { proxy, wrap } from 'comlink';
import { afterEach, expect, it } from 'vitest';
import type { Answer, Implementation } from '#contract/remote.ts';
import { LabError } from '#core/failure.ts';
import { serve, withTransfer } from './serve.ts';

interface Api {
  next(by: number): Promise<number>;
  bytes(): Promise<{ readonly bytes: Uint8Array<ArrayBuffer> }>;
  refuse(): Promise<void>;
  crash(): Promise<void>;
  listen(listener: (heard: string) => void): Promise<void>;
}

const sent = new Uint8Array(1000).fill(7);

class Counter implements Implementation<Api> {
  #count = 0;

  next(by: number) {
    return (this.#count += by);
  }

  async bytes() {
    return withTransfer({ bytes: sent }, [sent.buffer]);
  }

  refuse() {
    throw new LabError({ kind: 'busy', what: 'Another run trains.', remedy: 'Stop it first.' });
  }

  async crash() {
    throw new TypeError('no such thing');
  }

  async listen(listener: (heard: string) => void) {
    listener('heard');
  }
}

type Answers = {
  [Name in keyof Api]: (...args: Parameters<Api[Name]>) => Promise<Answer<Awaited<ReturnType<Api[Name]>>>>;
};

let ports: MessagePort[] = [];
afterEach(() => ports.forEach((port) => port.close()));

function served() {
  const { port1, port2 } = new MessageChannel();
  ports = [port1, port2];
  serve<Api>(new Counter(), port2);
  return wrap<Answers>(port1);
}

it('answers with what a method gives, at once or later', async () => {
  const calls = served();
  expect(await calls.next(2)).toEqual({ ok: true, value: 2 });
  expect(await calls.next(3)).toEqual({ ok: true, value: 5 });
});

it('answers with the failure that a method throws, and makes one of any other error', async () => {
  const calls = served();
  expect(await calls.refuse()).toEqual({
    ok: false,
    failure: { kind: 'busy', what: 'Another run trains.', remedy: 'Stop it first.' },
  });
  expect(await calls.crash()).toMatchObject({ ok: false, failure: { kind: 'internal', remedy: expect.any(String) } });
});

it('moves the buffers of a value instead of copying them', async () => {
  const answer = await served().bytes();
  expect(answer).toMatchObject({ ok: true, value: { bytes: { length: 1000, 999: 7 } } });
  expect(sent).toHaveLength(0);
});

it('lets a method call a listener of the page', async () => {
  const heard: string[] = [];
  await served().listen(proxy((text: string) => heard.push(text)));
  await expect.poll(() => heard).toEqual(['heard']);
});
