/** Generated runs, as many as after a year of use, which the lab's own storage module writes into its database. */
import { join } from 'node:path';
import type { Page } from 'playwright';
import { build } from 'vite';
import { presetConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { parameterCount, modelSpec } from '#core/models/spec.ts';
import type { Measures } from '#core/metrics/measures.ts';
import { measuresOf } from '#core/report/runs.fixture.ts';
import { streamFor, type RandomStream } from '#core/random/stream.ts';
import { RUN_SCHEMA, type RunRecord } from '#core/runs/run.ts';
import { ROOT } from '../lib/paths.ts';
import type { StoreRuns } from './page/storeRuns.ts';

const MODELS: readonly ModelName[] = ['rnn', 'lstm', 'residual-lstm'];
const EPOCHS = 30;

function measuresAt(loss: number): Measures {
  return { ...measuresOf(loss, 1 / (1 + loss / 6)), counted: 60_000, unknown: 7_000 };
}

/** Losses that fall towards the floor. */
function lossesAbove(floor: number, random: RandomStream): readonly number[] {
  return Array.from({ length: EPOCHS }, (_, epoch) => floor + 3 / (1 + epoch) + 0.02 * random.uniform());
}

function madeRun({
  losses,
  ...own
}: Pick<RunRecord, 'id' | 'number' | 'experiment' | 'model' | 'config' | 'createdAt'> & {
  readonly losses: readonly number[];
}): RunRecord {
  return {
    ...own,
    schema: RUN_SCHEMA,
    parameters: parameterCount(modelSpec(own.model, own.config, own.config.vocabulary)),
    dataset: { id: 'python-stdlib', sha256: 'ab'.repeat(32) },
    device: { kind: 'cpu', name: 'WebAssembly SIMD', threads: 1 },
    state: 'done',
    epochs: losses.map((loss, at) => ({
      epoch: at + 1,
      seconds: 40,
      steps: 40,
      tokensPerSecond: 2_000,
      gradientNorm: { mean: 0.7, max: 2 },
      train: measuresAt(loss + 0.1),
      validation: measuresAt(loss),
    })),
    bestEpoch: losses.indexOf(Math.min(...losses)) + 1,
    ended: 'epochs',
    test: measuresAt(Math.min(...losses) + 0.05),
    yardsticks: [
      { name: 'unigram', validation: measuresAt(5) },
      { name: 'bigram', validation: measuresAt(3) },
    ],
    failure: null,
  };
}

/** Runs of three models for each click on Train, each click with another seed or width. */
export function manyRuns(count: number): RunRecord[] {
  const random = streamFor(1, 'many runs');
  const base = presetConfig('quick', 300);
  return Array.from({ length: count }, (_, i) => {
    const click = Math.floor(i / MODELS.length);
    return madeRun({
      id: `made-${i}`,
      number: i + 1,
      experiment: `click-${click}`,
      model: MODELS[i % MODELS.length]!,
      config: { ...base, seed: click % 5, hidden: [64, 128, 256][click % 3]!, epochs: EPOCHS },
      createdAt: Date.UTC(2026, 0, 1) + click * 3_600_000 + i,
      losses: lossesAbove(1.6 + random.uniform(), random),
    });
  });
}

const RATES = [0.001, 0.002, 0.004, 0.008, 0.016] as const;
const WIDTHS = [64, 96, 128, 256] as const;
const DROPOUTS = [0.1, 0.3] as const;
const SEEDS = [42, 43, 44, 45, 46] as const;

/** One experiment with 40 configurations of an LSTM and five seeds: 200 runs, older than those of `manyRuns`. */
export function sweepRuns(): RunRecord[] {
  const all = RATES.flatMap((learningRate) =>
    WIDTHS.flatMap((hidden) =>
      DROPOUTS.flatMap((dropout) => SEEDS.map((seed) => ({ learningRate, hidden, dropout, seed }))),
    ),
  );
  const random = streamFor(2, 'sweep');
  return all.map((settings, i) => {
    const config = { ...presetConfig('quick', 300), ...settings, epochs: EPOCHS };
    const floor =
      1.8 + 0.3 * Math.abs(Math.log2(settings.learningRate / 0.004)) + 12 / settings.hidden + settings.dropout / 5;
    return madeRun({
      id: `sweep-${i}`,
      number: 10_000 + i,
      experiment: 'sweep',
      model: 'lstm',
      config,
      createdAt: Date.UTC(2025, 11, 1) + i * 60_000,
      losses: lossesAbove(floor + 0.03 * random.uniform(), random),
    });
  });
}

let script: Promise<string> | null = null;

/** Writes runs into the lab's database in the page, each with this number of steps and test files. */
export async function storeRuns(page: Page, runs: readonly RunRecord[], steps: number, files: number): Promise<void> {
  script ??= storingScript();
  await page.evaluate(await script);
  const work: Parameters<StoreRuns> = [[...runs], steps, files];
  await page.evaluate((all) => globalThis.storeRuns?.(...all), work);
}

/** The lab's own storage module as a script, so that runs are stored as the lab stores them. */
async function storingScript(): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      write: false,
      copyPublicDir: false,
      target: 'es2023',
      lib: { entry: join(ROOT, 'cli', 'bench', 'page', 'storeRuns.ts'), formats: ['iife'], name: 'storing' },
    },
  });
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []));
  const code = outputs.flatMap((one) => (one.type === 'chunk' ? [one.code] : [])).join('\n');
  return code;
}
