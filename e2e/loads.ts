/** Counts how often a page is loaded. */
import type { Page } from '@playwright/test';

/** Counts loads from now on, whether the page comes from the server or the service worker. */
export function countLoads(page: Page): { count: number } {
  const loads = { count: 0 };
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) loads.count++;
  });
  return loads;
}
