import { describe, expect, it } from 'vitest';
import { isolatePage, isolation, type Deps } from './isolation.ts';

/** A service worker that comes to a state when the page has begun to wait for it. */
function workerThatBecomes(state: ServiceWorkerState) {
  const worker = Object.assign(new EventTarget(), { state: 'installing' });
  const registration = { active: null, waiting: null, installing: worker };
  setTimeout(() => {
    worker.state = state;
    worker.dispatchEvent(new Event('statechange'));
  });
  return registration as unknown as ServiceWorkerRegistration;
}

/** A browser whose server sends no headers; each call to `load` is a load of the page in one tab. */
function browser({
  register = () => Promise.resolve(workerThatBecomes('activated')),
  isolates = true,
  keepsSession = true,
  ...differences
}: Partial<Deps> & {
  register?: () => Promise<ServiceWorkerRegistration>;
  isolates?: boolean;
  keepsSession?: boolean;
} = {}) {
  const kept = new Map<string, string>();
  const counts = { registered: 0, reloads: 0 };
  let scriptURL = '';
  const load = (patience = 1_000) => {
    const controlled = counts.reloads > 0;
    return isolatePage(
      {
        isolated: controlled && isolates,
        secure: true,
        serviceWorkers: () => ({
          controller: controlled ? ({ scriptURL } as ServiceWorker) : null,
          register: (address) => {
            counts.registered++;
            scriptURL = String(address);
            return register();
          },
        }),
        session: () => ({
          getItem: (key) => kept.get(key) ?? null,
          setItem: (key, value) => void (keepsSession && kept.set(key, value)),
          removeItem: (key) => void kept.delete(key),
        }),
        reload: () => void counts.reloads++,
        ...differences,
      },
      patience,
    );
  };
  return { load, counts, kept };
}

const without = (why: RegExp) => ({ isolated: false, why: expect.stringMatching(why) });

describe('isolatePage', () => {
  it('registers nothing where the server isolates the page', async () => {
    const { load, counts } = browser({ isolated: true });
    expect(await load()).toEqual({ isolated: true });
    expect(isolation()).toEqual({ isolated: true });
    expect(counts).toEqual({ registered: 0, reloads: 0 });
  });

  it('loads the page once more when the service worker is active, and then never', async () => {
    const { load, counts, kept } = browser();
    expect(await load()).toBeNull();
    expect(await load()).toEqual({ isolated: true });
    expect(await load()).toEqual({ isolated: true });
    expect(counts).toEqual({ registered: 1, reloads: 1 });
    // a forced reload, which goes past the service worker, is put right
    expect(kept.size).toBe(0);
  });

  it.each([true, false])('does not load it again and again in vain; session kept: %s', async (keepsSession) => {
    const { load, counts } = browser({ isolates: false, keepsSession });
    expect(await load()).toBeNull();
    expect(await load()).toEqual(without(/but the browser did not isolate it/));
    expect(await load()).toEqual(without(/but the browser did not isolate it/));
    expect(isolation()).toEqual(without(/but the browser did not isolate it/));
    expect(counts.reloads).toBe(1);
  });

  it.each<[string, RegExp, Parameters<typeof browser>[0]]>([
    ['plain http', /plain http/, { secure: false }],
    ['no service workers', /private window/, { serviceWorkers: () => undefined }],
    ['a registration refused', /private window/, { register: () => Promise.reject(new DOMException('no')) }],
    ['a start that fails', /private window/, { register: () => Promise.resolve(workerThatBecomes('redundant')) }],
    [
      'site data blocked',
      /private window/,
      {
        session: () => {
          throw new DOMException('no', 'SecurityError');
        },
      },
    ],
  ])('goes on without after %s', async (_, why, differences) => {
    const { load, counts } = browser(differences);
    expect(await load()).toEqual(without(why));
    expect(counts.reloads).toBe(0);
  });

  it('does not load a page again that has stopped waiting', async () => {
    const late = () =>
      new Promise<ServiceWorkerRegistration>((resolve) => setTimeout(resolve, 30, workerThatBecomes('activated')));
    const { load, counts } = browser({ register: late });
    expect(await load(5)).toEqual(without(/did not start in time/));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(counts.reloads).toBe(0);
  });
});
