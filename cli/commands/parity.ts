/**
 * `npm run parity`: compares the lab with PyTorch and stock TensorFlow.js: the same steps from the same weights; exported weights of
 * full-size models, whose logits must be the same everywhere; and PyTorch in two processes with PyTorch in one. Prints one JSON line per
 * check; exit code 1 if any fails.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { z } from 'zod';
import { presetConfig } from '#core/settings/config.ts';
import { MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import type { DeviceKind } from '#core/devices.ts';
import { fail } from '#core/failure.ts';
import { readSafetensors, type Tensor } from '#core/models/safetensors.ts';
import type { Replayed } from '#core/regression/verifier.ts';
import type { WeightsFormat } from '#contract/lab.ts';
import { findTorch, NO_TORCH } from '../bench/pytorch.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { idsFile, stepsFile, trainingRows } from '../parity/cases.ts';
import { runModule } from '../parity/python.ts';
import { DATASETS, DEFAULT_DATASET } from '../lib/paths.ts';
import { TrainingTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, train } from '../lib/training.ts';
import { openVerifier, type VerifierPage } from '../verify/verifierPage.ts';

const CHECKS = ['steps', 'logits', 'processes'] as const;
type CheckName = (typeof CHECKS)[number];

const HELP = `Usage: npm run parity -- [--only CHECK]

Compares the lab with PyTorch and stock TensorFlow.js. Needs a python3 with PyTorch.

  --only CHECK  ${CHECKS.join(' | ')} (all)
                steps      20 steps of the tiny models from the same weights, without dropout, and of the LSTM with each other
                           optimizer and with tied weights: cpu and webgpu compared with PyTorch
                logits     briefly trained full-size models, exported: their logits in PyTorch and in tf.loadLayersModel
                processes  20 steps in PyTorch, two gloo processes compared with one
  --help        this text`;

/** Largest relative difference of a loss or a gradient norm. */
const STEPS_LIMIT = 2e-4;
const PROCESSES_LIMIT = 1e-5;
/** Largest absolute difference of a logit. */
const LOGITS_LIMIT = 1e-4;

const STEPS = 20;
const MODELS = MODEL_NAMES;
const DEVICES: readonly DeviceKind[] = ['cpu', 'webgpu'];
const TINY = { ...presetConfig('tiny', 10), dropout: 0 };
/** Variations of the configuration: optimizers other than Adam, and weights that embedding and output layer share. */
const CHANGES = [
  { optimizer: 'adamw', weightDecay: 0.1 },
  { optimizer: 'sgd', learningRate: 0.5 },
  { weightTying: 'tied', embedding: TINY.hidden },
  { weightTying: 'projected' },
] as const;
/** Full-size models train on just enough files and tokens to change every weight. */
const FULL_MODELS = ['rnn', 'lstm', 'residual-lstm'] as const;
const FULL = { ...presetConfig('task', 10), trainFiles: 16, length: 48, epochs: 1 };
/** Rows and steps whose logits are compared. */
const [ROWS, LENGTH] = [2, 24];

const replayedSchema = z.object({ losses: z.array(z.number()), gradientNorms: z.array(z.number()) });

interface Check {
  readonly check: CheckName;
  readonly model: ModelName;
  /** Which implementations are compared. */
  readonly between: string;
  readonly ok: boolean;
  readonly worst: { readonly what: string; readonly value: number; readonly limit: number };
}

await runCommand(async () => {
  const { values } = readArguments({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const only = values.only === undefined ? null : oneOf(values.only, 'only', CHECKS);
  const wanted = (check: CheckName) => only === null || only === check;
  const torch = await findTorch();
  if (!torch) fail('not-found', NO_TORCH, 'Install it, then run this again.');
  await ensureDefaultDataset();
  const folder = await mkdtemp(join(tmpdir(), 'minicopilot-parity-'));
  const tell = (check: Check) => {
    console.log(JSON.stringify(check));
    if (!check.ok) process.exitCode = 1;
  };
  try {
    if (wanted('steps') || wanted('logits')) {
      const verifier = await openVerifier(webGpuHere());
      try {
        if (wanted('steps')) await checkSteps(verifier, torch.python, folder, tell);
        if (wanted('logits')) await checkLogits(verifier, torch.python, folder, tell);
      } finally {
        await verifier.close();
      }
    }
    if (wanted('processes')) await checkProcesses(torch.python, folder, tell);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

type Tell = (check: Check) => void;

async function checkSteps(verifier: VerifierPage, python: string, folder: string, tell: Tell): Promise<void> {
  const rows = await trainingRows(DEFAULT_DATASET);
  const trainings = [
    ...MODELS.map((model) => ({ model, config: TINY })),
    ...CHANGES.map((change) => ({ model: 'lstm', config: { ...TINY, ...change } }) as const),
  ];
  for (const { model, config } of trainings) {
    const bytes = stepsFile(model, config, rows, STEPS);
    const path = join(folder, `${model}-${config.optimizer}-${config.weightTying}-steps.safetensors`);
    await writeFile(path, bytes);
    const theirs = replayedSchema.parse(JSON.parse(await runModule(python, 'replay', [path])));
    for (const device of DEVICES) {
      await verifier.open(device);
      const worst = worstOf(await verifier.replay(bytes), theirs, STEPS_LIMIT);
      tell({
        check: 'steps',
        model,
        between: `lab on ${device}, PyTorch; ${config.optimizer}, weight tying ${config.weightTying}`,
        ok: worst.value <= worst.limit,
        worst,
      });
    }
  }
}

/** The step with the largest difference, relative to PyTorch's value. */
function worstOf(ours: Replayed, theirs: Replayed, limit: number): Check['worst'] {
  let worst = { what: 'nothing', value: 0, limit };
  for (const what of ['losses', 'gradientNorms'] as const) {
    if (ours[what].length !== theirs[what].length) return { what: `number of ${what}`, value: Infinity, limit };
    for (const [step, expected] of theirs[what].entries()) {
      const value = Math.abs(ours[what][step]! - expected) / Math.abs(expected);
      if (!(value <= worst.value)) worst = { what: `${what}[${step}]`, value, limit };
    }
  }
  return worst;
}

async function checkLogits(verifier: VerifierPage, python: string, folder: string, tell: Tell): Promise<void> {
  const site = await serveSite(await buildSite(), { port: 0 });
  const lab = await openLab(`${site.address}#/data`, webGpuHere());
  try {
    await compareLogits(lab, verifier, python, folder, tell);
  } finally {
    await lab.close();
    await site.close();
  }
}

async function compareLogits(
  lab: LabPage,
  verifier: VerifierPage,
  python: string,
  folder: string,
  tell: Tell,
): Promise<void> {
  const quiet = new TrainingTerminal({ isTTY: false, columns: 80, write: () => undefined });
  const manifest = await loadDataset(lab, DEFAULT_DATASET, quiet);
  const ids = idsFile(ROWS, LENGTH, Math.min(FULL.vocabulary, manifest.vocabulary.tokens.length) + 2);
  const idsPath = join(folder, 'ids.safetensors');
  await writeFile(idsPath, ids);
  for (const model of FULL_MODELS) {
    const plan = {
      dataset: DEFAULT_DATASET,
      models: [model],
      device: 'cpu',
      preset: 'task',
      changes: { epochs: 1 },
    } as const;
    const { runs, failure } = await train(lab, plan, FULL, quiet, new AbortController().signal);
    if (failure !== null) throw failure;
    const [run] = runs;
    if (!run) fail('internal', 'Training ended without a run.', 'Please report it.');
    const weights = await download(lab, run.id, 'safetensors', folder);
    await verifier.open('cpu');
    const ours = await verifier.logits(await readFile(weights), ids);
    const logitsPath = join(folder, 'logits.safetensors');
    await runModule(python, 'logits', [weights, idsPath, logitsPath]);
    const theirs = readSafetensors(await readFile(logitsPath)).tensors.get('logits');
    tell(logitsCheck(model, 'lab, PyTorch', ours, theirs?.data ?? []));
    const stock = await stockLogits(
      await download(lab, run.id, 'tfjs', folder),
      readSafetensors(ids).tensors.get('x')!,
    );
    tell(logitsCheck(model, `lab, tf.loadLayersModel of TensorFlow.js ${tf.version.tfjs}`, ours, stock));
  }
}

function logitsCheck(model: ModelName, between: string, ours: ArrayLike<number>, theirs: ArrayLike<number>): Check {
  let value = ours.length === theirs.length && ours.length > 0 ? 0 : Infinity;
  for (let i = 0; i < ours.length; i++) value = Math.max(value, Math.abs(ours[i]! - theirs[i]!));
  const worst = { what: `largest difference of ${ours.length} logits`, value, limit: LOGITS_LIMIT };
  return { check: 'logits', model, between, ok: value <= LOGITS_LIMIT, worst };
}

/** Downloads a run's weights from the page, as a user would. @returns the file's path */
async function download(
  { page, guard }: LabPage,
  runId: string,
  format: WeightsFormat,
  folder: string,
): Promise<string> {
  const [file] = await guard(
    Promise.all([
      page.waitForEvent('download', { timeout: 120_000 }),
      page.evaluate((asked) => globalThis.minicopilot?.downloadWeights(asked.runId, asked.format), { runId, format }),
    ]),
  );
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

/** Logits that stock TensorFlow.js, on its plain JavaScript backend, computes from a downloaded .zip. */
async function stockLogits(zip: string, { shape, data }: Tensor): Promise<Float32Array> {
  const parts = new Map<string, Uint8Array<ArrayBuffer>>();
  const reader = new ZipReader(new BlobReader(new Blob([await readFile(zip)])));
  for (const entry of await reader.getEntries()) {
    if (!entry.directory) parts.set(entry.filename, new Uint8Array(await entry.getData(new Uint8ArrayWriter())));
  }
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel('https://model/model.json', {
    fetchFunc: (address) => {
      const { pathname } = new URL(address instanceof Request ? address.url : address);
      return Promise.resolve(new Response(parts.get(pathname.slice(1))));
    },
  });
  const predicted = model.predict(tf.tensor2d(Array.from(data), [shape[0]!, shape[1]!], 'int32'));
  if (Array.isArray(predicted)) fail('internal', 'The model has several outputs.', 'Please report it.');
  return Float32Array.from(await predicted.data());
}

async function checkProcesses(python: string, folder: string, tell: Tell): Promise<void> {
  for (const model of FULL_MODELS) {
    const losses = async (processes: number) => {
      const path = join(folder, `${model}-${processes}.json`);
      const words = [
        '--dataset',
        join(DATASETS, DEFAULT_DATASET),
        '--models',
        model,
        '--preset',
        'tiny',
        '--dropout',
        '0',
      ];
      const rest = ['--steps', String(STEPS), '--losses', path, '--device', 'cpu', '--out', join(folder, 'results')];
      await runModule(python, 'train', [...words, ...rest], processes);
      return z
        .array(z.number())
        .length(STEPS)
        .parse(JSON.parse(await readFile(path, 'utf8')));
    };
    const [one, two] = [await losses(1), await losses(2)];
    let worst = { what: 'nothing', value: 0, limit: PROCESSES_LIMIT };
    for (const [step, expected] of one.entries()) {
      const value = Math.abs(two[step]! - expected) / expected;
      if (!(value <= worst.value)) worst = { what: `losses[${step}]`, value, limit: PROCESSES_LIMIT };
    }
    tell({
      check: 'processes',
      model,
      between: 'PyTorch in 2 gloo processes, in 1',
      ok: worst.value <= worst.limit,
      worst,
    });
  }
}
