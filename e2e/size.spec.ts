/** The size of the scripts that a first visit loads before anything is clicked. */
import { gzipSync } from 'node:zlib';
import { openLab } from './lab.ts';
import { expect, test } from './test.ts';

/** Compressed sizes, as most hosts send them. */
const MAX_PAGE_BYTES = 240_800;
const MAX_WORKER_BYTES = 370_000;
/** A kernel's name identifies TensorFlow.js: it registers kernels by name, so a minifier keeps it. */
const TENSORFLOW = 'FusedConv2D';

// everything is loaded over the network, where the test sees it
test.use({ serviceWorkers: 'block' });

test('the page’s own scripts and its worker stay within their sizes, and TensorFlow.js comes to the worker alone', async ({
  page,
  request,
}) => {
  await openLab(page);
  await page.waitForLoadState('networkidle');
  const workers = new Set(page.workers().map((worker) => worker.url()));
  // resources of the page only; a worker's imports are in the worker's own list
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const addresses = [...new Set(loaded)].filter((address) => new URL(address).pathname.endsWith('.js'));
  const read = async (address: string) => {
    const response = await request.get(address);
    expect(response.ok(), address).toBe(true);
    return response.text();
  };

  const sizes: Record<string, number> = {};
  for (const address of addresses.filter((one) => !workers.has(one))) {
    const script = await read(address);
    expect(script, address).not.toContain(TENSORFLOW);
    sizes[new URL(address).pathname] = gzipSync(script).length;
  }
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  test.info().annotations.push({ type: 'initial scripts', description: `${total} bytes, compressed` });
  // checks that the page was measured, including the script of index.html
  expect(Object.keys(sizes).some((path) => path.includes('/assets/index-'))).toBe(true);
  expect(total).toBeGreaterThan(50_000);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(MAX_PAGE_BYTES);

  const lab = [...workers].find((address) => address.includes('lab.worker'));
  expect(lab).toBeDefined();
  const script = await read(lab!);
  expect(script).toContain(TENSORFLOW);
  expect(gzipSync(script).length).toBeLessThanOrEqual(MAX_WORKER_BYTES);
});
