/**
 * `npm run regress`: trains small models on every device, and compares losses, gradients and weights of each step with the figures in
 * workers/verify/regression/figures.json, within limits. Each is trained twice and must give the same bits. Prints a line per model and
 * device; exit code 1 if any fails.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { DEVICE_CHOICES, type DeviceKind } from '#core/devices.ts';
import { fail, failureOf, messageOf } from '#core/failure.ts';
import {
  modelBits,
  modelFigures,
  parseFigures,
  type ModelRecord,
  type RegressionFigures,
} from '#core/regression/figures.ts';
import { verdictOf } from '#core/regression/verdict.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { ROOT } from '../lib/paths.ts';
import { BitsOfDevice } from '../regress/bits.ts';
import { openVerifier, type VerifierPage } from '../verify/verifierPage.ts';

const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');
const FIGURES = join(ROOT, 'workers', 'verify', 'regression', 'figures.json');

const HELP = `Usage: npm run regress -- [--device NAME] [--write]

Trains each model for a few steps in several small configurations, and compares the losses, gradients and weights of every
step with the committed figures, within stated limits. It also compares them, bit for bit, with a second training and with
earlier results of the same build on this computer. For each difference it names model, device, step and tensor. Exit code 1
if anything differs.

  --device NAME  ${DEVICES.join(' | ')} (all)
  --write        first rewrites the figures, from the device reference
  --help         this text

Earlier results are kept in node_modules/.cache/regress. They are not used for another build, browser or processor.`;

await runCommand(async () => {
  const { values } = readArguments({
    options: { device: { type: 'string' }, write: { type: 'boolean', default: false }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const devices = values.device === undefined ? DEVICES : [oneOf(values.device, 'device', DEVICES)];
  const verifier = await openVerifier(webGpuHere());
  try {
    if (values.write) await writeFigures(verifier);
    const figures = parseFigures(await readFigures(), FIGURES);
    for (const device of devices) {
      const ok = await regress(verifier, device, figures).catch((error: unknown) => {
        // the other devices are still checked
        console.log(`FAILED  ${device}: ${failureOf(error).what}`);
        return false;
      });
      if (!ok) process.exitCode = 1;
    }
  } finally {
    await verifier.close();
  }
});

/** @returns whether all models pass */
async function regress(verifier: VerifierPage, device: DeviceKind, figures: RegressionFigures): Promise<boolean> {
  const name = await verifier.open(device);
  console.log(`${device}: ${name}`);
  const bits = await BitsOfDevice.open(device, verifier.fingerprint, name);
  const records = await recordAll(verifier);
  // the second training runs in a new worker with its own device
  await verifier.open(device);
  let allOk = true;
  for (const [model, record] of records) {
    const again = modelBits(await verifier.record(model));
    const before = bits.of(model);
    const { ok, lines } = verdictOf({ device, model, record, figures: figures.models[model], again, before });
    for (const line of lines) console.log(line);
    await bits.keep(model, modelBits(record));
    allOk &&= ok;
  }
  return allOk;
}

async function recordAll(verifier: VerifierPage): Promise<ReadonlyMap<ModelName, ModelRecord>> {
  const records = new Map<ModelName, ModelRecord>();
  for (const model of MODEL_NAMES) records.set(model, await verifier.record(model));
  return records;
}

async function readFigures(): Promise<unknown> {
  try {
    return JSON.parse(await readFile(FIGURES, 'utf8'));
  } catch (cause) {
    fail('not-found', `${FIGURES} cannot be read: ${messageOf(cause)}.`, 'Write it with --write.', cause);
  }
}

async function writeFigures(verifier: VerifierPage): Promise<void> {
  const device = `reference, ${await verifier.open('reference')}`;
  const records = await recordAll(verifier);
  const models = Object.fromEntries(Array.from(records, ([model, record]) => [model, modelFigures(record)]));
  const text = JSON.stringify(parseFigures({ schema: 1, device, models }, 'What was recorded'));
  await writeFile(FIGURES, await format(text, { ...(await resolveConfig(FIGURES)), filepath: FIGURES }));
  console.log(`Wrote ${FIGURES}.`);
}
