/**
 * `npm run oracle`: holds the engine, in the lab's own worker, against a folder of PyTorch's results (the format is told
 * in pytorch/oracle/README.md), or a device against the reference at full size. One JSON line a case on stdout; exit 1 if
 * any fails.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEVICE_CHOICES, MODEL_NAMES, type DeviceKind, type ModelName } from '#core/settings/config.ts';
import { fail, LabError } from '#core/failure.ts';
import type { OracleResult } from '#core/regression/oracleResult.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { openLab, pageSentence, type LabPage } from '../lib/page.ts';
import { buildSite, serveSite } from '../lib/site.ts';

const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');

const HELP = `Usage: npm run oracle -- DIR [--device NAME]
       npm run oracle -- --full-size [--device NAME] [--model NAME]

Holds the engine against every case (NAME.json and NAME.safetensors) in DIR. With --full-size, holds a device against
the reference in one training step of each model at the size of the task.

  --device NAME  ${DEVICES.join(' | ')} (reference; with --full-size webgpu)
  --full-size    forward, backward and Adam at 256 wide, 512 hidden, 10,002 tokens
  --model NAME   ${MODEL_NAMES.join(' | ')} (with --full-size; all four)
  --help         this text`;

const SEE_HELP = 'Run it with --help to see what it takes.';

interface Case {
  readonly name: string;
  readonly check: (lab: LabPage) => Promise<OracleResult | null>;
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
      fail('bad-input', '--full-size holds a device against the reference itself.', 'Name the device webgpu or cpu.');
    }
    const models = values.model === undefined ? MODEL_NAMES : [oneOf(values.model, 'model', MODEL_NAMES)];
    cases = models.map((model) => fullSizeCase(model, device));
  } else {
    if (values.model !== undefined) fail('bad-input', '--model goes with --full-size.', SEE_HELP);
    if (folder === undefined || more.length > 0) fail('bad-input', 'Name one folder of cases.', SEE_HELP);
    cases = (await casesIn(folder)).map((name) => folderCase(folder, name, device));
  }
  const built = await buildSite();
  const site = await serveSite(built, { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, device === 'webgpu' ? webGpuHere() : 'system');
    try {
      for (const one of cases) {
        const result = await resultOf(one, lab);
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

function folderCase(folder: string, name: string, device: DeviceKind): Case {
  return {
    name,
    async check({ page }) {
      const facts = await readFile(join(folder, `${name}.json`), 'utf8');
      const base64 = (await readFile(join(folder, `${name}.safetensors`))).toString('base64');
      return page.evaluate(
        async (wanted) => {
          // not by fetching a data: address, which the page's policy forbids
          const tensors = Uint8Array.from(atob(wanted.base64), (letter) => letter.charCodeAt(0));
          return (
            (await globalThis.minicopilot?.lab.checkOracle({ facts: wanted.facts, tensors, device: wanted.device })) ??
            null
          );
        },
        { facts, base64, device },
      );
    },
  };
}

function fullSizeCase(model: ModelName, device: DeviceKind): Case {
  return {
    name: `full-size ${model}`,
    check: ({ page }) =>
      page.evaluate(async (wanted) => (await globalThis.minicopilot?.lab.checkFullSize(wanted)) ?? null, {
        model,
        device,
      }),
  };
}

async function resultOf({ name, check }: Case, lab: LabPage): Promise<OracleResult> {
  try {
    const result = await lab.guard(check(lab));
    if (result === null) fail('internal', 'The page gave no result.', 'Please report it.');
    return { ...result, case: name };
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw new LabError({ kind: 'internal', what: `${name}: ${pageSentence(cause)}`, remedy: '' }, { cause });
  }
}
