import { describe, expect, it } from 'vitest';
import { loadPart } from './lazyImport.ts';

describe('loadPart', () => {
  it('gives what was loaded', async () => {
    expect(await loadPart(() => Promise.resolve(7))).toBe(7);
  });

  it('says what to do where it does not arrive', async () => {
    const load = () => loadPart(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')));
    await expect(load()).rejects.toThrow(/could not be loaded.*Reload the page/);
    await expect(load()).rejects.toMatchObject({ failure: { kind: 'network', detail: /dynamically imported/ } });
  });
});
