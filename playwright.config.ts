/** End-to-end tests: what a user does, on the built site, in real Chromium. */
import { defineConfig } from '@playwright/test';
import { browserFlags, findBrowser, webGpuHere } from '#cli/lib/browser.ts';

const executablePath = findBrowser();
/** `E2E_PORT` lets two checkouts run their tests side by side. */
const E2E_PORT = Number(process.env['E2E_PORT'] ?? 4188);

export default defineConfig({
  testDir: 'e2e',
  // files side by side: each waits for its page and its training about half of the time
  workers: 2,
  // training on a busy machine without a GPU
  timeout: 240_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  outputDir: 'test-results',
  webServer: {
    command: `node --import tsx cli/commands/start.ts --port ${E2E_PORT}`,
    url: `http://localhost:${E2E_PORT}/`,
    // preparing the data set and building come first
    timeout: 300_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGINT', timeout: 5_000 },
  },
  use: {
    baseURL: `http://localhost:${E2E_PORT}/`,
    // a trace of every test costs a quarter of the processor's time, so it is taken where somebody asks for it
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
