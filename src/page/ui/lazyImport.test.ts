import { describe, expect, it } from 'vitest';
import { lazyImport } from './lazyImport.ts';

describe('lazyImport', () => {
  it('gives what was loaded', async () => {
    expect(await lazyImport(() => Promise.resolve(7))).toBe(7);
  });

  it('says what to do where it does not arrive', async () => {
    const load = () => lazyImport(() => Promise.reject(new TypeError('Failed to fetch dynamically imported module')));
    await expect(load()).rejects.toThrow(/could not be loaded.*Reload the page/);
    await expect(load()).rejects.toMatchObject({ failure: { kind: 'network', detail: /dynamically imported/ } });
  });
});
