/** Actions on the Complete page, shared by specs. */
import type { Page } from '@playwright/test';
import { expect } from './test.ts';

export const editor = (page: Page) => page.getByRole('textbox', { name: 'Python code' });
export const candidates = (page: Page) => page.getByRole('region', { name: 'Next token' }).getByRole('listitem');
export const ghost = (page: Page) => page.locator('.cm-ghost');
export const inside = (page: Page) => page.getByRole('region', { name: 'See inside' });
export const settings = (page: Page) => page.getByRole('complementary', { name: 'What the model sees' });

export async function textOf(page: Page): Promise<string> {
  const lines = await page
    .locator('.cm-editor')
    .first()
    .locator('.cm-line')
    .evaluateAll((elements) =>
      elements.map((element) => {
        const line = element.cloneNode(true);
        // the suggestion is drawn inside its line, but is not part of the text
        if (line instanceof Element) for (const ghost of line.querySelectorAll('.cm-ghost')) ghost.remove();
        return line.textContent ?? '';
      }),
    );
  return lines.join('\n');
}

/** Replaces the editor's text. */
export async function type(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

/** Requests the suggestion that begins with the likeliest candidate that is a name or punctuation. */
export async function offer(page: Page): Promise<void> {
  await expect(candidates(page)).toHaveCount(5);
  await candidates(page)
    .getByRole('button', { name: /^Begin the line with [\w,.([{]/ })
    .filter({ hasNotText: 'end of line' })
    .first()
    .click();
  await expect(ghost(page)).toBeVisible();
}

export async function probabilities(page: Page): Promise<number[]> {
  const texts = await candidates(page).locator('> span:last-child').allTextContents();
  return texts.map((text) => Number.parseFloat(text));
}
