/** Made-up runs, as many as after a year of use, written directly into the lab's database. */
import type { Page } from 'playwright';
import { presetConfig } from '#core/settings/config.ts';
import type { ModelName } from '#core/models/registry.ts';
import { parameterCount, modelSpec } from '#core/models/spec.ts';
import type { Measures } from '#core/metrics/measures.ts';
import { measuresOf } from '#core/report/runs.fixture.ts';
import { streamFor } from '#core/random/stream.ts';
import { RUN_SCHEMA, type RunRecord } from '#core/runs/run.ts';

const MODELS: readonly ModelName[] = ['rnn', 'lstm', 'residual-lstm'];
const EPOCHS = 30;

function measuresAt(loss: number): Measures {
  return { ...measuresOf(loss, 1 / (1 + loss / 6)), counted: 60_000, unknown: 7_000 };
}

/** Three models a click, each click with another seed or width. */
export function manyRuns(count: number): RunRecord[] {
  const random = streamFor(1, 'many runs');
  const base = presetConfig('quick', 300);
  return Array.from({ length: count }, (_, i) => {
    const click = Math.floor(i / MODELS.length);
    const model = MODELS[i % MODELS.length]!;
    const config = { ...base, seed: click % 5, hidden: [64, 128, 256][click % 3]!, epochs: EPOCHS };
    const floor = 1.6 + random.uniform();
    const losses = Array.from({ length: EPOCHS }, (_, epoch) => floor + 3 / (1 + epoch) + 0.02 * random.uniform());
    const best = losses.indexOf(Math.min(...losses)) + 1;
    return {
      schema: RUN_SCHEMA,
      id: `made-${i}`,
      number: i + 1,
      experiment: `click-${click}`,
      model,
      parameters: parameterCount(modelSpec(model, config, config.vocabulary)),
      dataset: { id: 'python-stdlib', sha256: 'ab'.repeat(32) },
      device: { kind: 'cpu', name: 'WebAssembly SIMD', threads: 1 },
      config,
      state: 'done',
      createdAt: Date.UTC(2026, 0, 1) + click * 3_600_000 + i,
      epochs: losses.map((loss, at) => ({
        epoch: at + 1,
        seconds: 40,
        steps: 40,
        tokensPerSecond: 2_000,
        gradientNorm: { mean: 0.7, max: 2 },
        train: measuresAt(loss + 0.1),
        validation: measuresAt(loss),
      })),
      bestEpoch: best,
      ended: 'epochs',
      test: measuresAt(Math.min(...losses) + 0.05),
      yardsticks: [
        { name: 'unigram', validation: measuresAt(5) },
        { name: 'bigram', validation: measuresAt(3) },
      ],
      failure: null,
    };
  });
}

/** Writes runs into the lab's database in the page, each with this number of steps and of test files. */
export async function storeRuns(page: Page, runs: readonly RunRecord[], steps: number, files: number): Promise<void> {
  const work = { runs, steps, files, groups: 20 };
  await page.evaluate(async ({ runs, steps, files, groups }) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('minicopilot-lab');
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('the database does not open')));
    });
    const transaction = database.transaction(['runs', 'steps', 'breakdowns'], 'readwrite');
    for (const run of runs) {
      transaction.objectStore('runs').put(run);
      const each = run.epochs.length * 40;
      const at = Array.from({ length: steps }, (_, i) => Math.round(((i + 1) * each) / steps));
      const table = {
        step: Uint32Array.from(at),
        loss: Float32Array.from(at, (step) => 2 + 5 / (1 + step / 20) + 0.4 * Math.sin(step * 12.9898 + run.number)),
        gradientNorm: Float32Array.from(at, (step) => 0.5 + 0.4 * Math.abs(Math.sin(step * 78.233 + run.number))),
        tokens: Float64Array.from(at, (step) => step * 2_000),
        seconds: Float64Array.from(at),
        layerNorms: Float32Array.from({ length: 4 * steps }, (_, i) => 0.1 + 0.2 * Math.abs(Math.sin(i + run.number))),
      };
      transaction.objectStore('steps').put(table, run.id);
      const kinds = ['keyword', 'name', 'operator', 'literal'];
      const overall = Float32Array.from(
        { length: files * 9 },
        (_, i) => [900, 1800, 1500, 100, 400, 650, 600, 800, 300][i % 9]!,
      );
      const breakdown = {
        schema: 1,
        dataset: run.dataset,
        split: 'test',
        groups: Array.from({ length: groups }, (_, i) => ({ dimension: 'kind', name: kinds[i] ?? `group ${i}` })),
        files,
        overall: overall.map((value, i) => value + ((i * 7 + run.number) % 5)),
        grouped: Float32Array.from(
          { length: files * groups * 4 },
          (_, i) => [50, 100, 20, 35][i % 4]! + ((i + run.number) % 3),
        ),
      };
      transaction.objectStore('breakdowns').put(breakdown, run.id);
    }
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(new Error('the runs were not stored')));
    });
    database.close();
  }, work);
}
