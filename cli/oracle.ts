/**
 * `npm run oracle`: holds the engine, in the lab's own worker, against a folder of PyTorch's results (the format is told
 * in pytorch/oracle/README.md). One JSON line a case on stdout; exit 1 if any fails.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEVICE_CHOICES } from '../src/core/config.ts';
import { fail, LabError } from '../src/core/failure.ts';
import type { OracleResult } from '../workers/protocol.ts';
import { webGpuHere } from './browser.ts';
import { oneOf, readArguments, runCommand } from './command.ts';
import { openLab, pageSentence, type LabPage } from './page.ts';
import { buildSite, serveSite } from './site.ts';

const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');
type Device = (typeof DEVICES)[number];

const HELP = `Usage: npm run oracle -- DIR [--device NAME]

Holds the engine against every case (NAME.json and NAME.safetensors) in DIR.

  --device NAME  ${DEVICES.join(' | ')} (reference)
  --help         this text`;

await runCommand(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { device: { type: 'string', default: 'reference' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    fail('bad-input', 'Name one folder of cases.', 'Run it with --help to see what it takes.');
  const device = oneOf(values.device, 'device', DEVICES);
  const cases = await casesIn(folder);
  const built = await buildSite();
  const site = await serveSite(built, { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, device === 'webgpu' ? webGpuHere() : 'system');
    try {
      for (const name of cases) {
        const result = await check(lab, folder, name, device);
        console.log(JSON.stringify(result));
        if (!result.ok) process.exitCode = 1;
      }
    } finally {
      await lab.close();
    }
  } finally {
    await site.close();
  }
});

/** Names of the cases: every tensor file that has its facts beside it. */
async function casesIn(folder: string): Promise<string[]> {
  let files: string[];
  try {
    files = await readdir(folder);
  } catch (cause) {
    fail('not-found', `There is no folder ${folder}.`, 'Name a folder of cases; pytorch/oracle is one.', cause);
  }
  const names = files.filter((file) => file.endsWith('.safetensors')).map((file) => file.replace(/\.safetensors$/, ''));
  const cases = names.filter((name) => files.includes(`${name}.json`)).toSorted();
  if (cases.length === 0) {
    fail(
      'not-found',
      `${folder} holds no case: no NAME.safetensors with its NAME.json.`,
      'Name a folder of cases; pytorch/oracle is one.',
    );
  }
  return cases;
}

async function check(lab: LabPage, folder: string, name: string, device: Device): Promise<OracleResult> {
  const facts = await readFile(join(folder, `${name}.json`), 'utf8');
  const base64 = (await readFile(join(folder, `${name}.safetensors`))).toString('base64');
  try {
    const result = await lab.guard(
      lab.page.evaluate(
        async (wanted) => {
          const response = await fetch(`data:application/octet-stream;base64,${wanted.base64}`);
          const tensors = new Uint8Array(await response.arrayBuffer());
          return (
            (await globalThis.minicopilot?.lab.checkOracle({ facts: wanted.facts, tensors, device: wanted.device })) ??
            null
          );
        },
        { facts, base64, device },
      ),
    );
    if (result === null) fail('internal', 'The page gave no result.', 'Please report it.');
    return { ...result, case: name };
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw new LabError({ kind: 'internal', what: `${name}: ${pageSentence(cause)}`, remedy: '' }, { cause });
  }
}
