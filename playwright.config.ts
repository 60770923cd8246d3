/** End-to-end tests: what a user does on the built site, in real Chromium. */
import { defineConfig } from '@playwright/test';
import { browserFlags, findBrowser, webGpuHere } from '#cli/lib/browser.ts';

const executablePath = findBrowser();
/** With `E2E_PORT`, two checkouts can run their tests at the same time. */
const E2E_PORT = Number(process.env['E2E_PORT'] ?? 4188);

export default defineConfig({
  testDir: 'e2e',
  // two test files in parallel, since each spends about half of its time waiting for its page and training
  workers: 2,
  // long enough for training on a busy machine without a GPU
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  outputDir: 'test-results',
  webServer: {
    command: `node --import tsx cli/commands/start.ts --port ${E2E_PORT}`,
    url: `http://localhost:${E2E_PORT}/`,
    // the command first prepares the data set and builds the site
    timeout: 300_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGINT', timeout: 5_000 },
  },
  use: {
    baseURL: `http://localhost:${E2E_PORT}/`,
    // tracing every test takes a quarter of the CPU time, so traces are only recorded on request
    trace: process.env['E2E_TRACE'] === undefined ? 'off' : { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    viewport: { width: 1440, height: 1000 },
  },
  projects: [
    {
      name: 'plain',
      testIgnore: '**/webgpu.spec.ts',
      use: { launchOptions: { executablePath, args: browserFlags('system') } },
    },
    {
      name: 'webgpu',
      testMatch: '**/webgpu.spec.ts',
      use: { launchOptions: { executablePath, args: browserFlags(webGpuHere()) } },
    },
  ],
});
