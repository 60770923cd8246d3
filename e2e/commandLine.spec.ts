/** `npm run train` and the page give the same weights for the same settings, even after an interruption. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readSafetensors } from '#core/models/safetensors.ts';
import { stateOf, train, waitForState } from './lab.ts';
import { expect, test } from './test.ts';

const objectSchema = z.record(z.string(), z.unknown());
const ROOT = join(import.meta.dirname, '..');

interface Ended {
  readonly code: number | null;
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  readonly errors: string;
}

/** @param interruptAt sends Ctrl-C at the first object for which this is true */
function command(
  words: readonly string[],
  interruptAt?: (object: Readonly<Record<string, unknown>>) => boolean,
): Promise<Ended> {
  const child = spawn('node', ['--import', 'tsx', 'cli/commands/train.ts', ...words], { cwd: ROOT });
  const objects: Record<string, unknown>[] = [];
  let [rest, errors, interrupted] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // a line that is not a JSON object fails the test
      const object = objectSchema.parse(JSON.parse(line));
      objects.push(object);
      if (interrupted || !interruptAt?.(object)) continue;
      interrupted = true;
      child.kill('SIGINT');
    }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, objects, errors: errors + rest }));
  });
}

test('the command line trains to the page’s weights, through an interruption, and speaks JSON alone', async ({
  page,
}) => {
  test.setTimeout(300_000);
  const out = await mkdtemp(join(tmpdir(), 'lab-command-'));
  try {
    const changed = { hidden: 20, learningRate: 0.004, epochs: 8, patience: 8, trainFiles: 200 };
    const query = Object.entries(changed).map(([name, value]) => `${name}=${value}`);
    const link = `?data=python-stdlib&preset=tiny&models=lstm&device=cpu&${query.join('&')}#/train`;
    const words = ['--experiment', link, '--json', '--out', out];
    const first = await command(words, ({ type, epoch }) => type === 'epoch' && epoch === 2);
    expect(first.code, first.errors).toBe(130);
    expect(first.objects.find(({ type }) => type === 'end')).toMatchObject({ state: 'stopped' });
    const again = await command(words);
    expect(again.code, again.errors).toBe(0);
    expect(again.objects).toContainEqual({
      type: 'message',
      text: 'It was interrupted, and resumes from its last checkpoint.',
    });
    expect(again.objects.find(({ type }) => type === 'end')).toMatchObject({ state: 'done', model: 'lstm' });
    expect(again.objects.find(({ type }) => type === 'results')).toMatchObject({ metrics: { config: changed } });

    await page.goto(`./${link}`);
    await expect.poll(async () => (await stateOf(page)).connection.state, { timeout: 60_000 }).toBe('ready');
    await train(page);
    await waitForState(page, 'LSTM', /^done/);
    const [run] = Object.values((await stateOf(page)).runs);
    expect(run!.config).toMatchObject(changed);
    const download = page.waitForEvent('download');
    await page.evaluate((id) => globalThis.minicopilot?.downloadWeights(id), run!.id);
    const ofPage = readSafetensors(await readFile(await (await download).path()));
    const ofCommand = readSafetensors(await readFile(join(out, 'lstm.safetensors')));
    expect([...ofCommand.tensors.keys()]).toEqual([...ofPage.tensors.keys()]);
    for (const [name, { data }] of ofPage.tensors) {
      expect(Buffer.compare(bytesOf(ofCommand.tensors.get(name)!.data), bytesOf(data)), name).toBe(0);
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);
