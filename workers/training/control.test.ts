import { afterEach, describe, expect, it, vi } from 'vitest';
import { Control, nextTask } from './control.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 10));

/** Some turns of the event loop, messages among them. */
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
  it('lets a loop through until it is told to pause, and on again', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    await control.turn();
    expect(control.pausedSeconds).toBe(0);
    control.pause();
    let through = false;
    const turn = control.turn().then(() => (through = true));
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

  it('lets what is under way come to an end before it pauses, and counts that as no pause', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    let settled = 0;
    const settle = async () => {
      await later();
      settled++;
      states.push('settled');
    };
    await control.turn(settle);
    expect(settled).toBe(0);
    control.pause();
    const from = performance.now();
    const turn = control.turn(settle);
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
    const turn = control.turn();
    await later();
    control.stop();
    await turn;
    expect(control.stopped).toBe(true);
    control.resume();
    expect(control.stopped).toBe(true);
  });

  it('takes one step while paused, and pauses again', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    control.step();
    control.stepped();
    await control.turn();
    expect(states).toEqual([]);
    control.pause();
    const turn = control.turn();
    await later();
    control.step();
    await turn;
    expect(states).toEqual(['pausing', 'paused', 'training']);
    control.stepped();
    const next = control.turn();
    await later();
    expect(states.slice(3)).toEqual(['pausing', 'paused']);
    control.resume();
    await next;
    control.stepped();
    await control.turn();
    expect(states.slice(5)).toEqual(['training']);
  });

  it('lets messages in between two turns', async () => {
    const control = new Control(() => {});
    const heard = new AbortController();
    setTimeout(() => heard.abort(), 0);
    for (let i = 0; i < 10_000 && !heard.signal.aborted; i++) await control.turn();
    expect(heard.signal.aborted).toBe(true);
  });

  describe('of a device that can be halted', () => {
    function halting() {
      const asked: string[] = [];
      const states: string[] = [];
      const control = new Control((state) => states.push(state));
      const ask = (what: string) => () => void asked.push(what);
      const abandon = async () => {
        asked.push('abandon');
        await later();
        asked.push('abandoned');
      };
      control.haltBy({ hold: ask('hold'), go: ask('go'), abandon, given: 0, done: 0 });
      return { control, asked, states };
    }

    it('holds it at once, and goes on with what is under way when the pause is over', async () => {
      const { control, asked, states } = halting();
      const settled = signal();
      control.pause();
      expect(states).toEqual(['paused']);
      expect(asked).toEqual(['hold']);
      const turn = control.turn(
        () => settled.promise,
        () => Promise.reject(new Error('it does not rest while something is under way')),
      );
      await later();
      expect(control.pausedSeconds).toBeGreaterThan(0);
      control.resume();
      settled.resolve();
      await turn;
      expect(asked).toEqual(['hold', 'go']);
      expect(states).toEqual(['paused', 'training']);
    });

    it('lets what is under way come to its end in a pause of some length, and rests once', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { control, asked, states } = halting();
      const settled = signal();
      control.pause();
      const turn = control.turn(
        () => settled.promise,
        () => {
          asked.push('rest');
          return Promise.resolve();
        },
      );
      vi.advanceTimersByTime(2_999);
      await tasks();
      expect(asked).toEqual(['hold']);
      vi.advanceTimersByTime(1);
      await tasks();
      expect(asked).toEqual(['hold', 'go']);
      settled.resolve();
      await tasks();
      expect(asked).toEqual(['hold', 'go', 'rest']);
      expect(states).toEqual(['paused']);
      control.resume();
      await turn;
      expect(states).toEqual(['paused', 'training']);
    });

    it('abandons what is under way when it is stopped, paused or not', async () => {
      for (const pauses of [false, true]) {
        const { control, asked } = halting();
        if (pauses) control.pause();
        control.stop();
        expect(asked.at(-1)).toBe('abandon');
        await control.abandoned;
        expect(asked.at(-1)).toBe('abandoned');
      }
    });

    it('holds it where a pause came before the device', () => {
      const asked: string[] = [];
      const control = new Control(() => {});
      control.pause();
      control.haltBy({ hold: () => asked.push('hold'), go: () => {}, abandon: later as never, given: 0, done: 0 });
      expect(asked).toEqual(['hold']);
    });
  });
});
