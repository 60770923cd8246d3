import { afterEach, describe, expect, it, vi } from 'vitest';
import { Control, nextTask } from './control.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Waits for some turns of the event loop, including messages. */
async function tasks(): Promise<void> {
  for (let i = 0; i < 20; i++) await nextTask();
}

function signal() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

afterEach(() => vi.useRealTimers());

describe('Control', () => {
  it('lets a loop run until it is paused, and again when it is resumed', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    await control.waitWhilePaused();
    expect(control.pausedSeconds).toBe(0);
    control.pause();
    let through = false;
    const turn = control.waitWhilePaused().then(() => (through = true));
    await later();
    expect(through).toBe(false);
    control.resume();
    await turn;
    const paused = control.pausedSeconds;
    expect(paused).toBeGreaterThan(0);
    await later();
    expect(control.pausedSeconds).toBe(paused);
    expect(states).toEqual(['pausing', 'paused', 'training']);
  });

  it('waits for steps in flight before it pauses, and does not count that as a pause', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    let settled = 0;
    const settle = async () => {
      await later();
      settled++;
      states.push('settled');
    };
    await control.waitWhilePaused(settle);
    expect(settled).toBe(0);
    control.pause();
    const from = performance.now();
    const turn = control.waitWhilePaused(settle);
    await later();
    await later();
    control.resume();
    await turn;
    expect(states).toEqual(['pausing', 'settled', 'paused', 'training']);
    expect(control.pausedSeconds).toBeLessThan((performance.now() - from) / 1000 - 0.005);
  });

  it('stops a paused loop', async () => {
    const control = new Control(() => {});
    control.pause();
    const turn = control.waitWhilePaused();
    await later();
    control.stop();
    await turn;
    expect(control.stopped).toBe(true);
    control.resume();
    expect(control.stopped).toBe(true);
  });

  it('runs one step while paused, and pauses again', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    control.step();
    control.stepDone();
    await control.waitWhilePaused();
    expect(states).toEqual([]);
    control.pause();
    const turn = control.waitWhilePaused();
    await later();
    control.step();
    await turn;
    expect(states).toEqual(['pausing', 'paused', 'training']);
    control.stepDone();
    const next = control.waitWhilePaused();
    await later();
    expect(states.slice(3)).toEqual(['pausing', 'paused']);
    control.resume();
    await next;
    control.stepDone();
    await control.waitWhilePaused();
    expect(states.slice(5)).toEqual(['training']);
  });

  it('lets messages in between two steps', async () => {
    const control = new Control(() => {});
    const heard = new AbortController();
    setTimeout(() => heard.abort(), 0);
    for (let i = 0; i < 10_000 && !heard.signal.aborted; i++) await control.waitWhilePaused();
    expect(heard.signal.aborted).toBe(true);
  });

  describe('with a device that can be paused', () => {
    function halting() {
      const asked: string[] = [];
      const states: string[] = [];
      const control = new Control((state) => states.push(state));
      const ask = (what: string) => () => void asked.push(what);
      const cancel = async () => {
        asked.push('cancel');
        await later();
        asked.push('cancelled');
      };
      control.attach({ pause: ask('pause'), resume: ask('resume'), cancel, given: 0, done: 0 });
      return { control, asked, states };
    }

    it('pauses it at once, and resumes it when the pause is over', async () => {
      const { control, asked, states } = halting();
      const settled = signal();
      control.pause();
      expect(states).toEqual(['paused']);
      expect(asked).toEqual(['pause']);
      const turn = control.waitWhilePaused(
        () => settled.promise,
        () => Promise.reject(new Error('it does not rest while a step is in flight')),
      );
      await later();
      expect(control.pausedSeconds).toBeGreaterThan(0);
      control.resume();
      settled.resolve();
      await turn;
      expect(asked).toEqual(['pause', 'resume']);
      expect(states).toEqual(['paused', 'training']);
    });

    it('finishes the step in flight in a longer pause, and rests once', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { control, asked, states } = halting();
      const settled = signal();
      control.pause();
      const turn = control.waitWhilePaused(
        () => settled.promise,
        () => {
          asked.push('rest');
          return Promise.resolve();
        },
      );
      vi.advanceTimersByTime(2_999);
      await tasks();
      expect(asked).toEqual(['pause']);
      vi.advanceTimersByTime(1);
      await tasks();
      expect(asked).toEqual(['pause', 'resume']);
      settled.resolve();
      await tasks();
      expect(asked).toEqual(['pause', 'resume', 'rest']);
      expect(states).toEqual(['paused']);
      control.resume();
      await turn;
      expect(states).toEqual(['paused', 'training']);
    });

    it('cancels the step in flight when it is stopped, paused or not', async () => {
      for (const pauses of [false, true]) {
        const { control, asked } = halting();
        if (pauses) control.pause();
        control.stop();
        expect(asked.at(-1)).toBe('cancel');
        await control.cancelled;
        expect(asked.at(-1)).toBe('cancelled');
      }
    });

    it('pauses a device that is attached during a pause', () => {
      const asked: string[] = [];
      const control = new Control(() => {});
      control.pause();
      control.attach({ pause: () => asked.push('pause'), resume: () => {}, cancel: later as never, given: 0, done: 0 });
      expect(asked).toEqual(['pause']);
    });
  });

  it('skips the run that trains, and lets the next one train, or wait where it was paused', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    control.skip();
    expect([control.stopped, control.skipping]).toEqual([true, true]);
    expect(control.endSkip()).toBe(true);
    expect([control.stopped, control.endSkip()]).toEqual([false, false]);
    control.pause();
    control.skip();
    control.endSkip();
    expect([control.stopped, control.pauseRequested]).toEqual([false, true]);
    const waited = control.waitWhilePaused();
    control.resume();
    await waited;
    // a stop replaces a skip that is in progress
    control.skip();
    control.stop();
    expect([control.endSkip(), control.stopped]).toEqual([false, true]);
    expect(states).toEqual(['stopping', 'training', 'pausing', 'stopping', 'pausing', 'training', 'stopping']);
  });
});
