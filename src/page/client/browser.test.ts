import { describe, expect, it } from 'vitest';
import { browserFacts, hasWebGpu, type Found } from './browser.ts';

const ALL: Found = {
  webgpu: true,
  isolation: { isolated: true },
  simd: true,
  relaxedSimd: true,
  indexedDb: true,
  durable: true,
  serviceWorkers: true,
  kept: true,
  locks: true,
};

const NONE: Found = {
  webgpu: false,
  isolation: { isolated: false, why: 'It comes over plain http.' },
  simd: false,
  relaxedSimd: false,
  indexedDb: false,
  durable: false,
  serviceWorkers: false,
  kept: null,
  locks: false,
};

const of = (name: string, change: Partial<Found>) =>
  browserFacts({ ...ALL, ...change }).find((fact) => fact.name === name);

describe('browserFacts', () => {
  it('says yes or no to each, and what follows in a sentence', () => {
    expect(browserFacts(ALL).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'yes'));
    expect(browserFacts(NONE).map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'no'));
    for (const { follows } of [...browserFacts(ALL), ...browserFacts(NONE)]) {
      expect(follows).toMatch(/^[A-Z].*[^ ]\.$/);
    }
  });

  it('tells why there are no threads', () => {
    expect(of('Threads', { isolation: NONE.isolation })).toEqual({
      name: 'Threads',
      state: 'no',
      follows: 'The page is not isolated, so training on the CPU uses one core. It comes over plain http.',
    });
  });

  it('does not say no to what it does not know', () => {
    expect(of('WebGPU', { webgpu: null })).toMatchObject({ state: 'not known' });
    expect(of('Offline', { kept: null })).toMatchObject({ state: 'not known' });
    expect(of('Offline', { kept: null, serviceWorkers: false })).toMatchObject({ state: 'no' });
    expect(of('Storage', { durable: null })).toMatchObject({
      state: 'yes',
      follows: expect.stringContaining('not say'),
    });
  });

  it('tells kept from possibly cleared, relaxed SIMD from plain, and a lack of room from no service worker', () => {
    expect(of('Storage', { durable: false })?.follows).toContain('may clear them');
    expect(of('WebAssembly SIMD', { relaxedSimd: false })).toMatchObject({
      state: 'yes',
      follows: expect.stringMatching(/^Without relaxed/),
    });
    expect(of('Offline', { kept: false })?.follows).toContain('tries again');
    expect(of('Offline', { serviceWorkers: false })?.follows).toContain('use a service worker');
  });
});

describe('hasWebGpu', () => {
  const report = (available: boolean) => ({
    chosen: 'cpu' as const,
    why: '',
    options: [{ kind: 'webgpu' as const, name: '', available, note: '' }],
  });

  it('is what the devices say, once they say it', () => {
    expect([hasWebGpu(null), hasWebGpu(report(true)), hasWebGpu(report(false))]).toEqual([null, true, false]);
  });
});
