/**
 * A whole run as one file, a .zip that other programs can open too: `run.json` (the record and the user's label), `steps.json` (a column
 * per measure), `breakdown.json` (the results per test file) and `weights.safetensors` (PyTorch's names). The last three may be missing.
 * Files are untrusted: the size of each part is limited before it is unpacked, and each is checked before anything is stored.
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { z } from 'zod';
import { parseBreakdown, type Breakdown } from '../metrics/breakdown.ts';
import { modelSpec } from '../models/spec.ts';
import { fail } from '../failure.ts';
import { anyNumber, parseJson, writeJson } from '../json.ts';
import { runLabelSchema, type RunLabel } from '../runs/runLabel.ts';
import { hasWeights, RUN_SCHEMA, runSchema, type RunRecord } from '../runs/run.ts';
import { readSafetensors } from '../models/safetensors.ts';
import { parseStepTable, type StepTable } from '../runs/stepTable.ts';
import { weightShapes } from '../models/weights.ts';
import { vocabularyOf } from './weightsFile.ts';
import { MAX_WEIGHT_BYTES, readParts, type Bounds, type Parts } from './zipParts.ts';

const FORMAT = 'minicopilot-run';

export const HEAD = 'run.json';
const STEPS = 'steps.json';
const BREAKDOWN = 'breakdown.json';
const WEIGHTS = 'weights.safetensors';

/** Bytes of each part at most, unpacked. */
export const RUN_PARTS: Bounds = {
  [HEAD]: 16e6,
  [STEPS]: 8e6,
  [BREAKDOWN]: 100e6,
  [WEIGHTS]: MAX_WEIGHT_BYTES,
};

export interface RunFile {
  readonly run: RunRecord;
  readonly label: RunLabel;
  readonly steps?: StepTable | undefined;
  readonly breakdown?: Breakdown | undefined;
  readonly weights?: Uint8Array<ArrayBuffer> | undefined;
}

/** @returns the bytes of the .zip */
export async function packRun({ run, label, steps, breakdown, weights }: RunFile): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  const add = async (name: string, bytes: Uint8Array, level: number) => {
    await zip.add(name, new Uint8ArrayReader(bytes), { level });
  };
  const text = (value: unknown) => new TextEncoder().encode(writeJson(value));
  await add(HEAD, text({ format: FORMAT, schema: RUN_SCHEMA, run, label: { ...label, deletedAt: null } }), 6);
  if (steps) await add(STEPS, text(columnsOf(steps)), 6);
  if (breakdown) await add(BREAKDOWN, text(columnsOf(breakdown)), 6);
  if (weights) await add(WEIGHTS, weights, 0); // weights are noise: they do not pack
  return new Uint8Array(await zip.close());
}

/**
 * @param file as `packRun` made it, here or elsewhere
 * @throws LabError `bad-input` or `unknown-version`, with what is wrong
 */
export async function unpackRun(file: Blob): Promise<RunFile> {
  return runOfParts(await readParts(file, RUN_PARTS, reject));
}

/** @param parts of a .zip, as `readParts` gives them within `RUN_PARTS` */
export function runOfParts(parts: Parts): RunFile {
  const head = parts.get(HEAD);
  if (!head) reject(`it has no ${HEAD}`);
  const { run, label } = parseHead(json(head, HEAD));
  const steps = parts.has(STEPS) ? stepsOf(json(parts.get(STEPS)!, STEPS)) : undefined;
  const breakdown = parts.has(BREAKDOWN) ? breakdownOf(json(parts.get(BREAKDOWN)!, BREAKDOWN), run) : undefined;
  const weights = parts.get(WEIGHTS);
  if (weights) requireWeightsOf(run, weights);
  return {
    run: withWeightsFlag(atRest(run), weights !== undefined),
    label: { ...label, id: run.id },
    steps,
    breakdown,
    weights,
  };
}

function json(bytes: Uint8Array, name: string): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    reject(`${name} is not JSON in UTF-8`, cause);
  }
}

const versionSchema = z.object({ format: z.literal(FORMAT), schema: z.int() });
const headSchema = z.object({ run: runSchema, label: runLabelSchema });

function parseHead(value: unknown): z.infer<typeof headSchema> {
  const version = versionSchema.safeParse(value);
  if (!version.success) reject(`${HEAD} is not marked as a run`);
  if (version.data.schema !== RUN_SCHEMA) {
    fail(
      'unknown-version',
      `This run was written in format version ${version.data.schema}; this lab reads version ${RUN_SCHEMA}.`,
      'Import it into a newer version of the lab. Stored data has not changed.',
    );
  }
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) reject(`${HEAD} is not a run: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** It is not being trained here. */
function atRest(run: RunRecord): RunRecord {
  const over = run.state === 'done' || run.state === 'stopped' || run.state === 'failed';
  return over ? run : { ...run, state: 'interrupted' };
}

/** Corrects whether there are weights: they may have been left out of the file. */
function withWeightsFlag(run: RunRecord, weights: boolean): RunRecord {
  return hasWeights(run) === weights ? run : { ...run, hasWeights: weights };
}

function isColumn(value: unknown): value is Float32Array | Float64Array | Uint32Array {
  return value instanceof Float32Array || value instanceof Float64Array || value instanceof Uint32Array;
}

/** Typed arrays as lists. */
function columnsOf(value: StepTable | Breakdown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, column]: [string, unknown]) => [name, isColumn(column) ? [...column] : column]),
  );
}

const list = z.array(anyNumber);
const stepColumns = z.object({
  step: z.array(z.int().min(1).max(0xffff_ffff)),
  loss: list,
  gradientNorm: list,
  tokens: list,
  seconds: list,
  layerNorms: list,
});

function stepsOf(value: unknown): StepTable {
  const parsed = stepColumns.safeParse(value);
  if (!parsed.success) reject(`${STEPS} does not have one column per value`);
  const { step, loss, gradientNorm, tokens, seconds, layerNorms } = parsed.data;
  if (step.some((one, row) => row > 0 && one <= step[row - 1]!)) reject(`the steps in ${STEPS} are not in order`);
  const table: StepTable = {
    step: Uint32Array.from(step),
    loss: Float32Array.from(loss),
    gradientNorm: Float32Array.from(gradientNorm),
    tokens: Float64Array.from(tokens),
    seconds: Float64Array.from(seconds),
    layerNorms: Float32Array.from(layerNorms),
  };
  return parseStepTable(table, STEPS);
}

const breakdownColumns = z.looseObject({ overall: list, grouped: list });

function breakdownOf(value: unknown, run: RunRecord): Breakdown {
  const parsed = breakdownColumns.safeParse(value);
  if (!parsed.success) reject(`${BREAKDOWN} does not have its sums`);
  const { overall, grouped, ...rest } = parsed.data;
  const breakdown = parseBreakdown(
    { ...rest, overall: Float32Array.from(overall), grouped: Float32Array.from(grouped) },
    BREAKDOWN,
  );
  if (breakdown.dataset.sha256 !== run.dataset.sha256)
    reject(`${BREAKDOWN} belongs to a different data set than the run`);
  return breakdown;
}

/** A model must be able to load them: every tensor of its network, in its shape, and no other. */
function requireWeightsOf(run: RunRecord, bytes: Uint8Array): void {
  const { tensors, metadata } = readSafetensors(bytes);
  const vocabulary = vocabularyOf(metadata);
  if (!vocabulary) reject(`${WEIGHTS} does not name its vocabulary`);
  const shapes = weightShapes(modelSpec(run.model, run.config, vocabulary.length));
  const wrong = shapes.find(({ name, shape }) => tensors.get(name)?.shape.join() !== shape.join());
  if (wrong) reject(`${WEIGHTS} has no ${wrong.name} of shape [${wrong.shape.join(', ')}]`);
  if (tensors.size !== shapes.length) reject(`${WEIGHTS} has tensors that the network does not have`);
}

function reject(what: string, cause?: unknown): never {
  fail(
    'bad-input',
    `This is not a complete run of the lab: ${what}.`,
    'Export the run again where it was trained, and import that file. Stored data has not changed.',
    cause,
  );
}
