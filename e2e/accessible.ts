/** Accessibility as axe sees it. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/**
 * Fails on every serious or critical fault.
 * @param when for the message
 * @param part selector of what is looked at; the whole page where there is none
 */
export async function expectAccessible(page: Page, when = page.url(), part?: string): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect(told, when).toEqual([]);
}

/** As `expectAccessible`, in light and in dark. */
export async function expectAccessibleInBothThemes(page: Page, when = page.url()): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // colors fade into one another
    await page.waitForTimeout(400);
    await expectAccessible(page, `${when}, ${colorScheme}`);
  }
}
