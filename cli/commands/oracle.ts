/**
 * `npm run oracle`: compares the engine, in a worker of a browser, with a folder of PyTorch's results (the format is in
 * pytorch/oracle/README.md), or a device with the reference at full size. Prints one JSON line per case; exit code 1 if any fails.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { DEVICE_CHOICES, type DeviceKind } from '#core/devices.ts';
import { fail, LabError, messageOf } from '#core/failure.ts';
import type { OracleResult } from '#core/regression/verifier.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { openVerifier, type VerifierPage } from '../verify/verifierPage.ts';

const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');

const HELP = `Usage: npm run oracle -- DIR [--device NAME]
       npm run oracle -- --full-size [--device NAME] [--model NAME]

Compares the engine with every case (NAME.json and NAME.safetensors) in DIR. With --full-size, compares a device with
the reference in one training step of each model at full size.

  --device NAME  ${DEVICES.join(' | ')} (reference; with --full-size webgpu)
  --full-size    forward, backward and Adam with embedding 256, hidden 512, 10,002 tokens
  --model NAME   ${MODEL_NAMES.join(' | ')} (with --full-size; all four)
  --help         this text`;

/** The file with cases of a model with a continuous cache, of several sizes. */
const CACHE = 'cache.json';

const SEE_HELP = 'Run it with --help to see what it takes.';

interface Case {
  readonly name: string;
  readonly check: (verifier: VerifierPage) => Promise<OracleResult>;
}

await runCommand(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      device: { type: 'string' },
      'full-size': { type: 'boolean', default: false },
      model: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const fullSize = values['full-size'];
  const device = oneOf(values.device ?? (fullSize ? 'webgpu' : 'reference'), 'device', DEVICES);
  const [folder, ...more] = positionals;
  let cases: Case[];
  if (fullSize) {
    if (folder !== undefined) fail('bad-input', `--full-size takes no folder, such as ${folder}.`, SEE_HELP);
    if (device === 'reference') {
      fail(
        'bad-input',
        '--full-size compares a device with the reference; choose another device.',
        'Name the device webgpu or cpu.',
      );
    }
    const models = values.model === undefined ? MODEL_NAMES : [oneOf(values.model, 'model', MODEL_NAMES)];
    cases = models.map((model) => fullSizeCase(model, device));
  } else {
    if (values.model !== undefined) fail('bad-input', '--model goes with --full-size.', SEE_HELP);
    if (folder === undefined || more.length > 0) fail('bad-input', 'Name one folder of cases.', SEE_HELP);
    cases = (await casesIn(folder)).map((name) => folderCase(folder, name));
    if (existsSync(join(folder, CACHE))) cases.push(cacheCase(folder));
  }
  const verifier = await openVerifier(device === 'webgpu' ? webGpuHere() : 'system');
  try {
    if (!fullSize) await verifier.open(device);
    for (const one of cases) {
      const result = await resultOf(one, verifier);
      console.log(JSON.stringify(result));
      if (!result.ok) process.exitCode = 1;
    }
  } finally {
    await verifier.close();
  }
});

/** Names of the cases: every tensor file with a JSON file of the same name. */
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
      `${folder} has no case: no NAME.safetensors with its NAME.json.`,
      'Name a folder of cases; pytorch/oracle is one.',
    );
  }
  return cases;
}

function folderCase(folder: string, name: string): Case {
  return {
    name,
    async check(verifier) {
      const facts = await readFile(join(folder, `${name}.json`), 'utf8');
      return verifier.checkOracle(facts, await readFile(join(folder, `${name}.safetensors`)));
    },
  };
}

function cacheCase(folder: string): Case {
  return {
    name: 'cache',
    check: async (verifier) => verifier.checkCache(await readFile(join(folder, CACHE), 'utf8')),
  };
}

function fullSizeCase(model: ModelName, device: DeviceKind): Case {
  return { name: `full-size ${model}`, check: (verifier) => verifier.checkFullSize(model, device) };
}

async function resultOf({ name, check }: Case, verifier: VerifierPage): Promise<OracleResult> {
  try {
    return { ...(await check(verifier)), case: name };
  } catch (cause) {
    throw new LabError({ kind: 'internal', what: `${name}: ${messageOf(cause)}`, remedy: '' }, { cause });
  }
}
