import { AxeBuilder } from '@axe-core/playwright';
import { openLab, trainBriefly, type PageName } from './lab.ts';
import { expect, test } from './test.ts';

const PAGES: readonly PageName[] = ['data', 'train', 'compare', 'complete'];

test('no page has a serious accessibility fault, empty or with a run, light or dark', async ({ page }) => {
  const check = async (when: string) => {
    for (const name of PAGES) {
      await openLab(page, name);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // colours fade into one another
        await page.waitForTimeout(400);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        expect(told, `${name}, ${when}, ${colorScheme}`).toEqual([]);
      }
    }
  };
  await check('empty');
  await openLab(page);
  await trainBriefly(page);
  await check('with a run');
});
