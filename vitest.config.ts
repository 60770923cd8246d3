/**
 * Three projects: `unit` and the slower `fuzz` run in Node; `browser` runs in real headless Chromium, with WebGPU on the
 * software adapter if the machine has no GPU.
 */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserFlags, locateBrowser, webGpuHere } from '#cli/lib/browser.ts';
import { assemblyScript } from '#cli/build/assemblyScript.ts';
import { ISOLATION_HEADERS } from '#core/site/isolationHeaders.ts';

const BROWSER_TESTS = '**/*.browser.test.ts';
const FUZZ_TESTS = ['**/*.fuzz.test.ts', 'cli/fuzz/**/*.test.ts'];
const NEVER = ['**/node_modules/**', '**/dist/**', 'e2e/**', 'out/**'];

export default defineConfig({
  test: {
    // uses all cores, since the machine does nothing else meanwhile
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          // test files share modules, since loading them for each file took half of the time
          isolate: false,
          // long enough for a busy machine; the limit only ends tests that hang
          testTimeout: 30_000,
          environment: 'node',
          include: ['{src,workers,cli}/**/*.test.{ts,tsx}'],
          exclude: [...NEVER, BROWSER_TESTS, ...FUZZ_TESTS],
        },
      },
      {
        test: {
          name: 'fuzz',
          testTimeout: 30_000,
          environment: 'node',
          include: FUZZ_TESTS,
          exclude: NEVER,
        },
      },
      {
        plugins: [assemblyScript()],
        // threads need cross-origin isolation
        server: { headers: ISOLATION_HEADERS },
        // listed here, since Vite reloads the page, and so breaks a test, when it finds a new dependency
        optimizeDeps: {
          include: [
            '@tensorflow/tfjs',
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-core/dist/register_all_gradients',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-wasm',
            '@tensorflow/tfjs-backend-webgpu',
            '@zip.js/zip.js',
            'comlink',
            'hyparquet',
            'hyparquet/src/column.js',
            'hyparquet-compressors',
            'hyparquet-writer',
            'modern-tar',
            'zustand',
            'zustand/middleware',
          ],
        },
        test: {
          name: 'browser',
          include: [`{src,workers}/${BROWSER_TESTS}`],
          exclude: NEVER,
          // kernels are slow on a software adapter, and opening it compiles some
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // one file at a time, since several pages would share one GPU process
          fileParallelism: false,
          // files share a page, so that kernels are compiled once (workers/engine/devices/shared.fixture.ts)
          isolate: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            connectTimeout: 300_000,
            instances: [{ browser: 'chromium' }],
            // `npm run test:browser` reports a missing browser before this starts
            provider: playwright({
              launchOptions: { executablePath: locateBrowser() ?? 'chromium', args: browserFlags(webGpuHere()) },
            }),
          },
        },
      },
    ],
  },
});
