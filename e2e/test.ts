/** Playwright's `test`, extended to fail if the page or a worker violates the page's policy. */
import { expect, test as base } from '@playwright/test';
import { collectBreaches } from './breaches.ts';

export { expect };

export const test = base.extend<{ breaches: string[] }>({
  breaches: [
    async ({ context }, use) => {
      const breaches = await collectBreaches(context);
      await use(breaches);
      expect(breaches, 'breaches of the page’s policy').toEqual([]);
    },
    { auto: true },
  ],
});
