import { describe, expect, it } from 'vitest';
import { Control } from './control.ts';

const later = () => new Promise((resolve) => setTimeout(resolve, 10));

describe('Control', () => {
  it('lets a loop through until it is told to pause, and on again', async () => {
    const states: string[] = [];
    const control = new Control((state) => states.push(state));
    expect(await control.turn()).toBe(0);
    control.pause();
    let through = false;
    const turn = control.turn().then((paused) => {
      through = true;
      return paused;
    });
    await later();
    expect(through).toBe(false);
    control.resume();
    expect(await turn).toBeGreaterThan(0);
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
    expect(await control.turn(settle)).toBe(0);
    expect(settled).toBe(0);
    control.pause();
    const from = performance.now();
    const turn = control.turn(settle);
    await later();
    await later();
    control.resume();
    const paused = await turn;
    expect(states).toEqual(['pausing', 'settled', 'paused', 'training']);
    expect(paused).toBeLessThan((performance.now() - from) / 1000 - 0.005);
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

  it('lets messages in between two turns', async () => {
    const control = new Control(() => {});
    const heard = new AbortController();
    setTimeout(() => heard.abort(), 0);
    for (let i = 0; i < 10_000 && !heard.signal.aborted; i++) await control.turn();
    expect(heard.signal.aborted).toBe(true);
  });
});
