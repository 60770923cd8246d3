/** Checks accessibility with axe. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** The rules about color among axe's rules for WCAG levels A and AA. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block'];

interface Look {
  /** What is shown, for the message of a failure. */
  readonly when?: string | undefined;
  /** Selector of the part to check; by default the whole page. */
  readonly part?: string | undefined;
  /** Whether to check only the rules about color. */
  readonly colors?: boolean | undefined;
}

/** Fails on every serious or critical violation. */
export async function expectAccessible(
  page: Page,
  { when = page.url(), part, colors = false }: Look = {},
): Promise<void> {
  let axe = new AxeBuilder({ page });
  if (part !== undefined) axe = axe.include(part);
  if (colors) axe = axe.withRules(COLOR_RULES);
  const { violations } = await axe.analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect(told, when).toEqual([]);
}

/** As `expectAccessible`, in light and in dark, which differ in nothing but colors. */
export async function expectAccessibleInBothThemes(page: Page, when = page.url(), part?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // colors fade into one another
    await page.waitForTimeout(400);
    await expectAccessible(page, { when: `${when}, ${colorScheme}`, part, colors: colorScheme === 'dark' });
  }
}
