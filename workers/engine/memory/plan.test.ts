import { describe, expect, it } from 'vitest';
import { presetConfig } from '#core/settings/config.ts';
import { CELLS, MODEL_NAMES, modelOf, type ModelName } from '#core/models/registry.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import { LabError } from '#core/failure.ts';
import { memoryPlanSchema, type MemoryPlan } from '#core/models/memoryPlan.ts';
import { planMemory, type DeviceLimits, type PlanWork } from './plan.ts';
import { gpuMemory } from '../devices/memory.ts';

const task = presetConfig('task', 10_000);
const MIB = 1024 * 1024;
/** What every WebGPU device grants. */
const least: DeviceLimits = { bufferBytes: 128 * MIB, workgroups: 65_535, budgetBytes: null };
const ample: DeviceLimits = { ...least, bufferBytes: 4096 * MIB };

function work(name: ModelName, but: Partial<PlanWork> = {}): PlanWork {
  const { batch, length } = task;
  return { spec: modelSpec(name, task, 10_000), batch, length, ...but };
}

function bufferOf(plan: MemoryPlan, what: string): MemoryPlan['buffers'][number] {
  const buffer = plan.buffers.find((candidate) => candidate.what === what);
  if (!buffer) throw new Error(`no ${what} in ${plan.buffers.map((candidate) => candidate.what).join(', ')}`);
  return buffer;
}

describe.each(MODEL_NAMES)('the plan of %s', (name) => {
  const parameterBytes = 4 * parameterCount(modelSpec(name, task, 10_000));

  it('takes weights once, moments twice, and gradients once, or twice where they are summed', () => {
    const whole = planMemory(work(name), gpuMemory, ample);
    expect(whole.microBatches).toBe(1);
    expect(whole.totals.weights).toBe(parameterBytes);
    expect(whole.totals.moments).toBe(2 * parameterBytes);
    // The two biases of a layer share their gradient, unless they are separate.
    const biases = bufferOf(whole, 'rnn.bias_hh_l0').bytes + bufferOf(whole, 'rnn.bias_hh_l1').bytes;
    const shared = CELLS[modelOf(name).cell].separateBiases ? 0 : biases;
    expect(whole.totals.gradients).toBe(parameterBytes - shared);
    const cut = planMemory(work(name), gpuMemory, ample, 16);
    expect(cut).toMatchObject({ rows: 16, microBatches: 2 });
    expect(cut.totals.gradients).toBe(2 * (parameterBytes - shared));
  });

  it('takes one value of each weight for the momentum of SGD', () => {
    const [adam, sgd] = (['adamw', 'sgd'] as const).map((optimizer) =>
      planMemory(work(name, { optimizer }), gpuMemory, ample),
    );
    expect([adam!.totals.moments, sgd!.totals.moments]).toEqual([2 * parameterBytes, parameterBytes]);
    expect(adam!.bytes - sgd!.bytes).toBe(parameterBytes);
  });

  it('computes no more rows at once than gradients are added up of', () => {
    const wide = planMemory(work(name, { batch: 32 }), gpuMemory, ample);
    const accumulated = planMemory(work(name, { batch: 32, microBatch: 8 }), gpuMemory, ample);
    expect([wide.rows, accumulated.rows, accumulated.microBatches]).toEqual([32, 8, 4]);
    expect(accumulated.totals.activations).toBeLessThan(wide.totals.activations / 3);
    expect(planMemory(work(name, { batch: 15, microBatch: 5 }), gpuMemory, null)).toMatchObject({
      rows: 5,
      microBatches: 3,
    });
  });

  it('adds up, and survives being stored', () => {
    const plan = planMemory(work(name), gpuMemory, least);
    expect(plan.buffers.reduce((sum, { bytes, count }) => sum + bytes * count, 0)).toBe(plan.bytes);
    expect(Object.values(plan.totals).reduce((sum, bytes) => sum + bytes, 0)).toBe(plan.bytes);
    expect(memoryPlanSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it('binds no buffer that the device cannot, in as few micro-batches as that takes', () => {
    for (const batch of [1, 7, 32, 100]) {
      const plan = planMemory(work(name, { batch }), gpuMemory, least);
      expect(Math.max(...plan.buffers.map(({ bytes }) => bytes))).toBeLessThanOrEqual(least.bufferBytes);
      expect(plan.microBatches).toBe(Math.ceil(batch / plan.rows));
      if (plan.microBatches === 1) continue;
      const fewer = Math.ceil(batch / (plan.microBatches - 1));
      expect(4 * fewer * plan.steps * widest(plan)).toBeGreaterThan(least.bufferBytes);
    }
  });
});

function widest({ buffers }: MemoryPlan): number {
  return Math.max(...buffers.filter(({ per }) => per === 'position').map(({ width }) => width));
}

describe('planMemory', () => {
  it('cuts the task on an LSTM by its gates, and says so', () => {
    const plan = planMemory(work('lstm'), gpuMemory, least);
    expect(plan).toMatchObject({ rows: 8, microBatches: 4, steps: 999 });
    expect(plan.note).toBe(
      'Each step takes 4 micro-batches of at most 8 rows: for all 32 rows gates of all layers would need 524 MB, and 134 MB are available.',
    );
    expect(bufferOf(plan, 'gates of all layers').bytes).toBe(4 * 8 * 999 * 2 * 2048);
    expect(planMemory(work('lstm', { batch: 64 }), gpuMemory, least).note).toMatch(/, and 134 MB are available\.$/);
  });

  it('holds no more than 64 MiB of logits, in rows of whole vectors and tiles', () => {
    const plan = planMemory(work('rnn'), gpuMemory, ample);
    expect(plan.sliceRows % 64).toBe(0);
    const logits = bufferOf(plan, 'logits');
    expect(logits).toMatchObject({ per: 'slice', width: 10_004 });
    expect(logits.bytes).toBeLessThanOrEqual(64 * MIB);
    expect(logits.bytes).toBeGreaterThan(60 * MIB);
  });

  it('holds cells and gates for an LSTM alone, and nothing more for a residual model', () => {
    const held = (name: ModelName) => planMemory(work(name), gpuMemory, ample).buffers.map(({ what }) => what);
    expect(held('rnn').filter((what) => what.includes('cells') || what.includes('gates'))).toEqual([]);
    expect(held('lstm')).toContain('cells of all layers');
    expect(planMemory(work('residual-lstm'), gpuMemory, ample)).toEqual(planMemory(work('lstm'), gpuMemory, ample));
  });

  it('keeps within a budget', () => {
    const budgetBytes = 600 * MIB;
    const plan = planMemory(work('lstm'), gpuMemory, { ...ample, budgetBytes });
    expect(plan.bytes).toBeLessThanOrEqual(budgetBytes);
    expect(plan.microBatches).toBeGreaterThan(1);
    expect(planMemory(work('lstm'), gpuMemory, { ...ample, budgetBytes }, plan.rows)).toEqual(plan);
  });

  it('estimates a processor’s memory as one micro-batch, and claims no limits', () => {
    const plan = planMemory(work('lstm'), gpuMemory, null);
    expect(plan).toMatchObject({ rows: 32, microBatches: 1, limits: null, note: null });
  });

  it('plans one row of two tokens', () => {
    const spec = { ...modelSpec('rnn', task, 1), embedding: 1, hidden: 1, tokens: 3 };
    const plan = planMemory({ spec, batch: 1, length: 2 }, gpuMemory, least);
    expect(plan).toMatchObject({ rows: 1, microBatches: 1, steps: 1, sliceRows: 1 });
  });

  it('refuses what cannot fit, with both numbers and what to change', () => {
    const small = { ...least, bufferBytes: 10 * MIB };
    const refusal = (but: Partial<PlanWork>, limits: DeviceLimits) => {
      try {
        planMemory(work('lstm', but), gpuMemory, limits);
      } catch (error) {
        if (error instanceof LabError) return error.failure;
      }
      return null;
    };
    expect(refusal({}, small)).toMatchObject({
      kind: 'device',
      what: 'The device has too little memory: with 512 hidden units and 10,002 tokens, output weight, transposed would need 20.5 MB, and 10.5 MB are available.',
      remedy: 'Choose fewer hidden units, a smaller vocabulary, or the device cpu.',
    });
    const budgetBytes = 150 * MIB;
    expect(refusal({}, { ...ample, budgetBytes })).toMatchObject({
      kind: 'device',
      what: expect.stringMatching(
        /^The device has too little memory: for 1 row of 999 steps, all buffers together would need \d+ MB, and 157 MB are available\.$/,
      ),
      remedy: expect.stringContaining('shorter row length'),
    });
  });
});
