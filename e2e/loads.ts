/** How often a page is loaded. */
import type { Page } from '@playwright/test';

/** Counted from now on, wherever the page comes from: server or service worker. */
export function countLoads(page: Page): { count: number } {
  const loads = { count: 0 };
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) loads.count++;
  });
  return loads;
}
