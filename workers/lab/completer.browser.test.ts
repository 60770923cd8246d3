/** Compares completion with the model that trains and measures: the same tokens and the same numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lexText } from '#core/python/code/text.ts';
import { writeFile } from '#core/python/code/file.ts';
import { distributionOf, probabilityOf } from '#core/completion/distribution.ts';
import { CELLS, MODEL_NAMES } from '#core/models/registry.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { Completer } from '#completion/completer.ts';
import { Inspector } from '#completion/inspector.ts';
import type { WeightsFile } from '#core/formats/weightsFile.ts';
import { TextModel } from '#completion/textModel.ts';
import type { Device } from '#engine/devices/device.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import type { CompletionModel } from '#engine/models/completionModel.ts';
import { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import { evaluate } from '#training/evaluate.ts';
import {
  config,
  FILES,
  language,
  lineRequest,
  never,
  request,
  rows,
  rowsOfText,
  trained,
  vocabulary,
} from './completer.fixture.ts';

let device: Device;
let runtime: SimdRuntime;
beforeAll(async () => {
  device = await sharedDevice('cpu');
  runtime = await SimdRuntime.open({ threads: 1, shared: false });
});
afterAll(() => runtime.end());

/** Next-token probabilities after the given tokens, from a full forward pass of the training model. */
async function plainNext(model: CompletionModel, tokens: readonly string[]): Promise<Float64Array> {
  const ids = ['<s>', ...tokens].map((token) => vocabulary.id(token));
  const logits = tf.tidy(() => model.logits(model.states(tf.tensor2d(ids, [ids.length, 1], 'int32')).output));
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  const next = distributionOf(values.subarray((ids.length - 1) * vocabulary.size));
  return Float64Array.from(next.logits, (_, id) => probabilityOf(next, id));
}

describe.each(MODEL_NAMES)('%s', (name) => {
  let file: WeightsFile;
  let model: CompletionModel;
  let open: TextModel;
  let completer: Completer;
  let inspector: Inspector;
  beforeAll(async () => {
    ({ file, model } = await trained(device, name));
    open = new TextModel(runtime, file);
    completer = new Completer(open);
    inspector = new Inspector(open);
  });
  afterAll(() => {
    completer.dispose();
    open.dispose();
    model.dispose();
  });

  it('writes, token for token, what plain forward passes of the same weights write', async () => {
    for (const text of [
      '',
      'import ',
      FILES[0]!.slice(0, 120),
      `${FILES[1]}\n\n`,
      'class Foo:\n    def bar(self):\n        ',
    ]) {
      const { tokens: before } = lexText(text, language);
      const line = await completer.line(lineRequest(text, { lines: 3 }), never);
      const written: string[] = [];
      for (;;) {
        const probabilities = await plainNext(model, [...before, ...written]);
        // an unknown token cannot be written at the beginning of a line
        const from = written.length === 0 ? UNK_ID + 1 : UNK_ID;
        const best = probabilities.reduce((top, p, id) => (id > from && p > probabilities[top]! ? id : top), from);
        const token = vocabulary.token(best);
        if (best === UNK_ID || token === '</s>' || token === '<s>') break;
        if (token === '<EOL>' && written.at(-1) === '<EOL>') break;
        written.push(token);
        if (token === '<EOL>' && written.filter((other) => other === '<EOL>').length === 3) break;
        if (written.length > 150) break;
      }
      if (written.at(-1) === '<EOL>') written.pop();
      expect(line?.tokens).toEqual(written);
    }
  });

  it('shows the probabilities of a plain forward pass', async () => {
    const text = `${FILES[3]}\n`;
    const shown = await completer.candidates(request(text), never);
    const probabilities = await plainNext(model, lexText(text, language).tokens);
    const expected = [...probabilities].map((p, id) => ({ p, token: vocabulary.token(id) })).slice(1);
    expect(shown?.candidates.map(({ token, probability }) => ({ token, p: probability }))).toEqual(
      expected
        .toSorted((a, b) => b.p - a.p)
        .slice(0, 5)
        .map(({ p, token }) => ({ token, p })),
    );
  });

  it('has on test files exactly the top-5 that an evaluation has', async () => {
    let [hits, targets] = [0, 0];
    for (const row of rowsOfText) {
      const tokens = row.slice(1, -1).map((token) => vocabulary.token(vocabulary.id(token)));
      const { text } = writeFile(tokens, language, (token) => vocabulary.id(token) !== UNK_ID);
      const seen = await inspector.inspect({ ticket: 1, runId: 'run', text, cache: false }, never);
      for (const rank of [...seen!.ranks, seen!.fileEnd.rank]) if (rank < 5) hits++;
      targets += seen!.ranks.length + 1;
    }
    const measures = await evaluate({
      device,
      model,
      rows: {
        lengths: Uint16Array.from(rows, ({ length }) => length),
        read: (indices) => Promise.resolve(indices.map((index) => rows[index]!)),
      },
      cut: { length: config.length, vocabulary: config.vocabulary },
      batch: 2,
      microBatch: 2,
      ignored: new Set(),
      onBatch: () => Promise.resolve(true),
    });
    expect(targets).toBe(measures?.counted);
    expect(hits / targets).toBe(measures?.top5);
    expect(hits).toBeGreaterThan(targets / 2);
  });

  it('reads no more than what changed', async () => {
    const text = FILES[0]!;
    const whole = await completer.candidates(request(text), never);
    expect(whole?.tokens).toBe(lexText(text, language).tokens.length);
    const typed = await completer.candidates(request(`${text}x =`), never);
    expect(typed?.read).toBe(2);
    expect((await completer.candidates(request(`${text}x =`), never))?.read).toBe(0);
  });

  it('gives the same line for the same seed, and stops what is aborted', async () => {
    const drawn = () => completer.line(lineRequest('import ', { method: 'sample', temperature: 2, seed: 5 }), never);
    expect((await drawn())?.tokens).toEqual((await drawn())?.tokens);
    const beams = await completer.line(lineRequest('import ', { method: 'beam' }), never);
    expect(beams?.tokens.length).toBeGreaterThan(0);
    expect(await completer.line(lineRequest('for name'), AbortSignal.abort())).toBeNull();
    expect(
      await inspector.inspect({ ticket: 1, runId: 'run', text: 'for name in x', cache: true }, AbortSignal.abort()),
    ).toBeNull();
  });

  it('traces a unit token by token', async () => {
    const text = FILES[1]!;
    const seen = await inspector.inspect({ ticket: 1, runId: 'run', text, cache: false }, never);
    const trace = await inspector.unit({ ticket: 1, runId: 'run', text, layer: 2, unit: 5 }, never);
    expect(trace?.hidden).toHaveLength(seen!.tokens.length);
    expect(trace?.gates === null).toBe(CELLS[file.spec.cell].gates === 1);
    const units = await inspector.informativeUnits({ ticket: 1, runId: 'run', text }, never);
    expect(units!.length).toBeGreaterThan(3);
    const [{ layer, unit } = { layer: 1, unit: 0 } as const] = units!;
    const otherUnit = await inspector.unit({ ticket: 1, runId: 'run', text, layer, unit }, never);
    expect(new Set(otherUnit!.hidden).size).toBeGreaterThan(1);
    await expect(inspector.unit({ ticket: 1, runId: 'run', text, layer: 1, unit: 24 }, never)).rejects.toThrow(
      'no unit',
    );
  });
});

describe('what is typed', () => {
  let open: TextModel;
  let completer: Completer;
  beforeAll(async () => {
    const { file, model } = await trained(device, 'lstm');
    model.dispose();
    open = new TextModel(runtime, file);
    completer = new Completer(open);
  });
  afterAll(() => {
    completer.dispose();
    open.dispose();
  });

  it('narrows the candidates, and goes on from there', async () => {
    const text = `${FILES[0]}\n    def more(se`;
    const shown = await completer.candidates(request(text), never);
    expect(shown).toMatchObject({ place: 'code', typed: 'se' });
    expect(shown?.candidates.map((candidate) => candidate.text)).toEqual(['self']);
    const line = await completer.line(lineRequest(text), never);
    expect(line?.tokens[0]).toBe('self');
    expect(line?.pieces[0]?.text.startsWith('lf')).toBe(true);
  });

  it('asks for the next token where a word is whole', async () => {
    const shown = await completer.candidates(request(`${FILES[0]}\n    def more(self`), never);
    expect(shown?.typed).toBe('');
    expect(shown?.candidates.map(({ token }) => token)).toContain(')');
  });

  it('asks nothing inside strings and comments, and writes nothing where more follows on the line', async () => {
    for (const [text, place] of [
      ['x = "im', 'string'],
      ['# im', 'comment'],
    ] as const) {
      expect(await completer.candidates(request(text), never)).toMatchObject({ place, candidates: [] });
      expect(await completer.line(lineRequest(text), never)).toMatchObject({ pieces: [], tokens: [] });
    }
    const before = { ...lineRequest('import os\nimport  # and more'), cursor: 17 };
    expect((await completer.line(before, never))?.tokens.length).toBeGreaterThan(0);
    const inside = { ...lineRequest('import os\nimport  sys'), cursor: 17 };
    expect((await completer.line(inside, never))?.tokens).toEqual([]);
  });

  it('begins with the candidate that was chosen', async () => {
    const text = `${FILES[0]}\n    `;
    const shown = await completer.candidates(request(text), never);
    const index = shown!.candidates.findIndex((candidate, i) => i > 0 && candidate.text !== null);
    const chosen = await completer.line(lineRequest(text, {}, index), never);
    expect(chosen?.tokens[0]).toBe(shown?.candidates[index]?.token);
  });
});
