import { assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODEL_NAMES } from '../models/registry.ts';
import { recordOf } from '../records.ts';
import { DEVICE_CHOICES } from '../devices.ts';
import { streamFor } from '../random/stream.ts';
import { CASE_NAMES, type CaseName } from './cases.ts';
import { digestOf } from './digest.ts';
import { modelBits, modelFigures, parseFigures, type ModelRecord, type StepRecord } from './figures.ts';
import { verdictOf, type Recorded } from './verdict.ts';

const DEVICES = DEVICE_CHOICES.filter((device) => device !== 'auto');
const STEPS = 3;
const GRADIENTS = ['gradient of output.bias', 'gradient of rnn.weight_hh_l1', 'gradient of embedding.weight'];

/** An error added to one tensor: where, and how large. */
interface Planted {
  readonly in: CaseName;
  readonly step: number;
  readonly tensor: string;
  readonly factor: number;
}

/** A record of made-up tensors. @param planted the error to add; none if left out */
async function recordWith(planted?: Planted): Promise<ModelRecord> {
  const stepOf = (name: CaseName, step: number): Promise<StepRecord> => {
    const digest = (kind: 'gradients' | 'weights', tensor: string) => {
      const random = streamFor(step, `${name}/${tensor}`);
      const wrong = planted?.in === name && planted.step === step && planted.tensor === tensor;
      const factor = wrong ? planted.factor : 1;
      return digestOf(
        kind,
        tensor,
        step,
        Float32Array.from({ length: 40 }, () => random.normal() * factor),
      );
    };
    return Promise.all([...GRADIENTS.map((tensor) => digest('gradients', tensor)), digest('weights', 'output.bias')]);
  };
  const caseOf = (name: CaseName) => Promise.all(Array.from({ length: STEPS }, (_, index) => stepOf(name, index + 1)));
  const records = await Promise.all(CASE_NAMES.map(caseOf));
  return recordOf(CASE_NAMES, (name) => records[CASE_NAMES.indexOf(name)]!);
}

async function recorded(planted?: Planted): Promise<Recorded> {
  const right = await recordWith();
  const record = await recordWith(planted);
  return { device: 'cpu', model: 'lstm', record, figures: modelFigures(right), again: null, before: null };
}

describe('verdictOf', () => {
  it('names model, device, case, step and tensor of a gradient that is wrong by 1%', async () => {
    await assert(
      asyncProperty(
        constantFrom(...MODEL_NAMES),
        constantFrom(...DEVICES),
        constantFrom(...CASE_NAMES),
        integer({ min: 1, max: STEPS }),
        constantFrom(...GRADIENTS),
        constantFrom(0.99, 1.01),
        async (model, device, name, step, tensor, factor) => {
          const { ok, lines } = verdictOf({
            ...(await recorded({ in: name, step, tensor, factor })),
            model,
            device,
          });
          expect(ok).toBe(false);
          expect(lines).toHaveLength(1);
          expect(lines[0]).toContain(
            `${model} on ${device} differs from the committed figures, first at step ${step} of ${name}, ${tensor}, by `,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lets rounding pass', async () => {
    const all = await recorded({ in: 'odd', step: 2, tensor: GRADIENTS[1]!, factor: 1 + 1e-6 });
    expect(verdictOf(all)).toMatchObject({
      ok: true,
      lines: [expect.stringContaining('ok      lstm on cpu: at most ')],
    });
  });

  it('fails over a bit that differs from a second training, or from an earlier run', async () => {
    const all = await recorded({ in: 'even', step: 3, tensor: 'output.bias', factor: 1 + 1e-6 });
    const right = modelBits(await recordWith());
    expect(verdictOf({ ...all, again: right, before: right }).lines).toEqual([
      'FAILED  lstm on cpu trained twice, gives two results: bits first differ at step 3 of even, output.bias.',
      'FAILED  lstm on cpu gives other bits than this build gave here before, first at step 3 of even, output.bias.',
    ]);
    const same = modelBits(all.record);
    expect(verdictOf({ ...all, again: same, before: same })).toMatchObject({
      ok: true,
      lines: [expect.stringMatching(/; the same bits twice; the same bits as before$/)],
    });
  });

  it('fails over a step or a tensor that is missing, on either side', async () => {
    const all = await recorded();
    const fewer: ModelRecord = { ...all.record, even: all.record.even.slice(0, 2) };
    const lacking = { ...all, record: fewer };
    expect(verdictOf(lacking).lines[0]).toContain(`first at step 3 of even, ${GRADIENTS[0]}, by Infinity`);
    const unknown = { ...all, figures: modelFigures(fewer) };
    expect(verdictOf(unknown).lines[0]).toContain(`first at step 3 of even, ${GRADIENTS[0]}, by Infinity`);
    const bits = { ...all, again: modelBits(fewer) };
    expect(verdictOf(bits).lines[0]).toContain(`at step 3 of even, ${GRADIENTS[0]}.`);
  });
});

describe('parseFigures', () => {
  it('takes what was written, and refuses figures that lack a model', async () => {
    const figures = modelFigures(await recordWith());
    const whole = { schema: 1, device: 'x', models: Object.fromEntries(MODEL_NAMES.map((name) => [name, figures])) };
    expect(parseFigures(JSON.parse(JSON.stringify(whole)), 'figures.json')).toEqual(whole);
    const { rnn, ...others } = whole.models;
    expect(rnn).toBeDefined();
    expect(() => parseFigures({ ...whole, models: others }, 'figures.json')).toThrow(/figures\.json does not have/);
  });
});
