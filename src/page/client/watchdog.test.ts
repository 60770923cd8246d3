import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watch } from './watchdog.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => vi.useRealTimers());

const flush = () => Promise.resolve();

it('says nothing of a worker that answers, however long it trains', async () => {
  const onHang = vi.fn<() => void>();
  let asked = 0;
  const end = watch(
    () => true,
    () => {
      asked++;
      return Promise.resolve();
    },
    onHang,
  );
  for (let i = 0; i < 40; i++) {
    vi.advanceTimersByTime(15_000);
    await flush();
  }
  end();
  expect(asked).toBe(40);
  expect(onHang).not.toHaveBeenCalled();
});

it('tells once of a worker that does not answer for a minute and a half', () => {
  const onHang = vi.fn<() => void>();
  watch(
    () => true,
    () => new Promise(() => {}),
    onHang,
  );
  vi.advanceTimersByTime(15_000 + 90_000);
  expect(onHang).not.toHaveBeenCalled();
  vi.advanceTimersByTime(15_000);
  expect(onHang).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(600_000);
  expect(onHang).toHaveBeenCalledTimes(1);
});

it('asks nothing while nothing trains, and nothing any more when it is ended', () => {
  const ping = vi.fn<() => Promise<unknown>>(() => new Promise(() => {}));
  let busy = false;
  const onHang = vi.fn<() => void>();
  const end = watch(() => busy, ping, onHang);
  vi.advanceTimersByTime(600_000);
  expect(ping).not.toHaveBeenCalled();
  busy = true;
  vi.advanceTimersByTime(15_000);
  expect(ping).toHaveBeenCalledTimes(1);
  end();
  vi.advanceTimersByTime(600_000);
  expect(onHang).not.toHaveBeenCalled();
});
