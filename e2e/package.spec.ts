/** The packed file, installed into an empty folder, serves the lab and trains without the sources. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import { parseJson } from '#core/json.ts';
import { stateOf } from './lab.ts';
import { expect, test } from './test.ts';

const run = promisify(execFile);
const metricsSchema = z.object({ models: z.array(z.object({ name: z.string(), epochs: z.array(z.unknown()) })) });

let folder = '';
test.beforeAll(async () => {
  test.setTimeout(300_000);
  folder = await mkdtemp(join(tmpdir(), 'minicopilot-package-'));
  await run('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [packed] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed}`], { cwd: folder });
});
test.afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test('only what runs is installed', async () => {
  const installed = await readdir(join(folder, 'node_modules'));
  expect(installed.toSorted()).toEqual(
    expect.arrayContaining(['minicopilot-lab', 'playwright', 'playwright-core', 'sirv']),
  );
  for (const name of ['vite', 'typescript', 'react', 'vitest']) expect(installed).not.toContain(name);
  const inside = await readdir(join(folder, 'node_modules', 'minicopilot-lab'));
  expect(inside.toSorted()).toEqual(['LICENSE', 'README.md', 'bin', 'dist', 'package.json']);
});

test('it serves the built lab with the default data set', async ({ page }) => {
  const server = spawn('npx', ['minicopilot-lab', '--port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    // a separate process group, so that the test can end npx and its children
    detached: true,
  });
  try {
    const address = await new Promise<string>((resolve) => {
      createInterface(server.stdout).on('line', (line) => {
        const [found] = /http:\S+/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    await page.goto(`${address}#/data`);
    await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
    await expect(page.getByRole('main')).toContainText('Python standard library');
  } finally {
    if (server.pid !== undefined) process.kill(-server.pid);
  }
});

test('it trains from the command line', async () => {
  test.setTimeout(240_000);
  const options = ['train', '--preset', 'tiny', '--models', 'rnn', '--epochs', '1', '--device', 'cpu', '--out', 'out'];
  await run('npx', ['minicopilot-lab', ...options], { cwd: folder });
  const metrics = metricsSchema.parse(parseJson(await readFile(join(folder, 'out', 'metrics.json'), 'utf8')));
  expect(metrics.models.map(({ name, epochs }) => [name, epochs.length])).toEqual([['rnn', 1]]);
});
