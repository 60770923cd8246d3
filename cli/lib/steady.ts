/** Waits until a page is ready for a picture: charts load on demand, and are drawn in several passes. */
import type { Page } from 'playwright';

const STEADY_MS = 5_000;
const POLL_MS = 500;
const LOADING_MS = 60_000;

/** Waits until the page's content has not changed for some seconds, however busy the machine is; a minute at most. */
export async function untilSteady(page: Page): Promise<void> {
  const content = () => page.evaluate(() => document.querySelector('main')?.innerHTML.length ?? 0);
  const until = Date.now() + LOADING_MS;
  let unchanged = 0;
  let before = await content();
  while (unchanged < STEADY_MS && Date.now() < until) {
    await page.waitForTimeout(POLL_MS);
    const now = await content();
    unchanged = now === before ? unchanged + POLL_MS : 0;
    before = now;
  }
}
