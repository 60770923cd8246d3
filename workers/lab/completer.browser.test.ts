/** Completing held against what trains and measures: the same tokens, the same figures. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContinuousCache } from '#core/cache/continuousCache.ts';
import { UNSEARCHED } from '#core/cache/parameters.ts';
import { Suggestions } from '#core/cache/suggestions.ts';
import { outputWidth } from '#core/models/spec.ts';
import { lexText } from '#core/python/code/text.ts';
import { writeFile } from '#core/python/code/file.ts';
import { distributionOf, probabilityOf } from '#core/completion/distribution.ts';
import { DEFAULT_DECODING, type Decoding } from '#core/completion/decoding.ts';
import { presetConfig } from '#core/settings/config.ts';
import { CELLS, MODEL_NAMES, type ModelName } from '#core/models/registry.ts';
import { UNK_ID, Vocabulary } from '#core/data/vocabulary.ts';
import { lexPython } from '#core/python/lexer/tokens.ts';
import { manifestOf } from '#core/data/manifest.fixture.ts';
import { makeBatch } from '#core/data/batches/batch.ts';
import { initialWeights, type Weights } from '#core/models/weights.ts';
import { Completer } from '#completion/completer.ts';
import { MAX_OTHER_TOKENS } from '#completion/otherFiles.ts';
import { Inspector } from '#completion/inspector.ts';
import { readWeightsFile, writeWeightsFile, type WeightsFile } from '#core/formats/weightsFile.ts';
import { TextModel } from '#completion/textModel.ts';
import { openDevice, type Device } from '#engine/devices/device.ts';
import { batchTensors, CompletionModel } from '#engine/models/completionModel.ts';
import { Optimiser } from '#engine/models/optimiser.ts';
import { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import { evaluate } from '#training/evaluate.ts';

const FILES = [
  `import os\nimport sys\n\n\nclass Stack:\n    def __init__(self, items):\n        self.items = items\n        self.size = 0\n\n    def push(self, item):\n        self.items.append(item)\n        self.size += 1\n        return self\n\n    def pop(self):\n        if self.size == 0:\n            raise IndexError("empty")\n        self.size -= 1\n        return self.items.pop()\n`,
  `import os\n\n\ndef walk(path, found):\n    for name in os.listdir(path):\n        full = os.path.join(path, name)\n        if os.path.isdir(full):\n            walk(full, found)\n        else:\n            found.append(full)\n    return found\n`,
  `import sys\n\n\ndef main(argv):\n    total = 0\n    for name in argv[1:]:\n        with open(name, 'r') as handle:\n            for line in handle:\n                total += len(line)\n    print(total)\n    return 0\n\n\nif __name__ == '__main__':\n    sys.exit(main(sys.argv))\n`,
  `class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n    def __add__(self, other):\n        return Point(self.x + other.x, self.y + other.y)\n\n    def scale(self, factor=2.5):\n        self.x *= factor\n        self.y *= factor\n        return self\n`,
];
const LITERALS = { str: ['r', '__main__'], num: ['0', '1'] };
const kept = { str: new Set(LITERALS.str), num: new Set(LITERALS.num) };
const language = { rules: 'codexglue-2021', reading: 'text', kept } as const;
const rowsOfText = FILES.map((file) => {
  const lexed = lexPython(file, { kept });
  if (!('tokens' in lexed)) throw new Error(lexed.reason);
  return ['<s>', ...lexed.tokens, '</s>'];
});
const counts = new Map<string, number>();
for (const token of rowsOfText.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
/** Those that occur once are unknown. */
const vocabulary = new Vocabulary([...counts].filter(([, count]) => count > 1).map(([token]) => token));
const rows = rowsOfText.map((row) => Uint16Array.from(row, (token) => vocabulary.id(token)));
const config = {
  ...presetConfig('tiny', 10),
  vocabulary: vocabulary.tokens.length,
  length: 200,
  embedding: 12,
  hidden: 24,
};
const { signal: never } = new AbortController();

let device: Device;
let runtime: SimdRuntime;
beforeAll(async () => {
  device = await openDevice('cpu');
  runtime = await SimdRuntime.open({ threads: 1, shared: false });
});
afterAll(() => runtime.end());

/** A model that has seen these files some times, as the file that the lab stores of it. */
async function trained(name: ModelName): Promise<{ readonly file: WeightsFile; readonly model: CompletionModel }> {
  const counts = vocabulary.tokens.map(() => 1);
  const manifest = manifestOf({ literals: LITERALS, vocabulary: { tokens: [...vocabulary.tokens], counts } });
  const file = (weights: Weights) => readWeightsFile(writeWeightsFile({ model: name, config, manifest, weights }));
  const { spec } = file(new Map());
  const model = new CompletionModel(spec, initialWeights(spec, 3), device.ops);
  const optimiser = new Optimiser(model, device.ops, { learningRate: 0.02, clipNorm: 1 });
  for (let step = 1; step <= 80; step++) {
    const batch = batchTensors(makeBatch(rows, { length: config.length, vocabulary: config.vocabulary }));
    const scores = model.gradients(batch, { dropout: 0, seed: 1, step });
    const norm = optimiser.step(scores.gradients);
    tf.dispose([batch.inputs, batch.targets, scores.loss, scores.losses, scores.ranks, norm, ...scores.gradients]);
  }
  optimiser.dispose();
  return { file: file(await model.weights()), model };
}

/** Probabilities after the last of some tokens, by a whole forward pass of the model that trains and measures. */
async function plainNext(model: CompletionModel, tokens: readonly string[]): Promise<Float64Array> {
  const ids = ['<s>', ...tokens].map((token) => vocabulary.id(token));
  const logits = tf.tidy(() => model.logits(model.states(tf.tensor2d(ids, [ids.length, 1], 'int32')).output));
  const values = Float32Array.from(await logits.data());
  logits.dispose();
  const next = distributionOf(values.subarray((ids.length - 1) * vocabulary.size));
  return Float64Array.from(next.logits, (_, id) => probabilityOf(next, id));
}

const request = (text: string) => ({ ticket: 1, runId: 'run', text, cursor: text.length, cache: false });
const lineRequest = (text: string, decoding: Partial<Decoding> = {}, first: number | null = null) => ({
  ...request(text),
  decoding: { ...DEFAULT_DECODING, ...decoding },
  first,
});

describe.each(MODEL_NAMES)('%s', (name) => {
  let file: WeightsFile;
  let model: CompletionModel;
  let open: TextModel;
  let completer: Completer;
  let inspector: Inspector;
  beforeAll(async () => {
    ({ file, model } = await trained(name));
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
        // a line begins with what can be written
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
  let inspector: Inspector;
  beforeAll(async () => {
    const { file, model } = await trained('lstm');
    model.dispose();
    open = new TextModel(runtime, file);
    completer = new Completer(open);
    inspector = new Inspector(open);
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

  it('offers names of the text with a cache, and says what comes from it', async () => {
    const text = 'class Walrus:\n    pass\n\n\nclass Wal';
    const without = await completer.candidates(request(text), never);
    expect(without?.candidates.every(({ fromCache, ofText }) => fromCache === 0 && !ofText)).toBe(true);
    expect(without?.somethingNew).toBeNull();
    const withCache = await completer.candidates({ ...request(text), cache: true }, never);
    expect(withCache?.candidates).toContainEqual(expect.objectContaining({ text: 'Walrus', ofText: true }));
    const line = await completer.line({ ...lineRequest(text), cache: true }, never);
    expect(line?.pieces[0]?.text.startsWith('rus')).toBe(true);
  });

  it('offers with a cache what the definition says, also after the text has changed in its middle', async () => {
    const texts = [
      `import os\nspam = Walrus\nspam = `,
      `import os\nspam = Walrus\nspam = Walrus\nspam = `,
      `import os\neggs = Walrus\nspam = `,
    ];
    for (const text of texts) {
      const shown = await completer.candidates({ ...request(text), cache: true }, never);
      const { tokens } = lexText(text, language);
      const cache = new ContinuousCache(vocabulary, outputWidth(open.file.spec));
      for (const [i, token] of tokens.entries()) cache.append(open.sequence.seen(i), token);
      const view = cache.view(open.sequence.seen(tokens.length), UNSEARCHED.theta);
      const suggestions = new Suggestions(await open.next(tokens.length), view, vocabulary, UNSEARCHED);
      const expected = suggestions.top(5);
      expect(shown?.candidates.map(({ token }) => token)).toEqual(expected.map(({ text: token }) => token));
      for (const [i, { probability }] of expected.entries()) {
        expect(shown?.candidates[i]?.probability).toBeCloseTo(probability, 12);
      }
      expect(shown?.somethingNew).toBeCloseTo(suggestions.somethingNew, 12);
    }
  });

  it('knows other files too, says what comes from them, and forgets them again', async () => {
    const text = 'import os\nspam = ';
    const others = ['import os\nspam = Zanzibar\n', 'spam = Zanzibar\n'];
    const asked = { ...request(text), cache: true };
    const before = await completer.candidates(asked, never);
    expect(before?.candidates.every(({ fromOthers }) => fromOthers === 0)).toBe(true);
    const read = await completer.readOthers({ ticket: 1, runId: 'run', texts: others }, never);
    expect(read?.tokens).toEqual(others.map((one) => lexText(one, language).tokens.length));
    const with2 = await completer.candidates(asked, never);
    const zanzibar = with2?.candidates.find(({ text: written }) => written === 'Zanzibar');
    expect(zanzibar?.ofText).toBe(true);
    expect(zanzibar?.fromOthers).toBeCloseTo(zanzibar!.fromCache, 12);
    expect(zanzibar?.fromOthers).toBeGreaterThan(0);
    // typing goes on from there, and what the text has comes from the text
    const typed = await completer.candidates(
      { ...request(`${text}${'Walrus\nspam = '.repeat(4)}`), cache: true },
      never,
    );
    const walrus = typed?.candidates.find(({ text: written }) => written === 'Walrus');
    expect(walrus?.fromOthers).toBe(0);
    expect(walrus?.fromCache).toBeGreaterThan(0);
    await completer.readOthers({ ticket: 2, runId: 'run', texts: [] }, never);
    expect((await completer.candidates(asked, never))?.candidates).toEqual(before?.candidates);
    expect(await completer.readOthers({ ticket: 3, runId: 'run', texts: others }, AbortSignal.abort())).toBeNull();
  });

  it('reads of other files as much as there is room for', async () => {
    const long = 'x = y\n'.repeat(3_000);
    const read = await completer.readOthers({ ticket: 1, runId: 'run', texts: ['a = b\n', long, 'c = d\n'] }, never);
    expect(read?.tokens).toEqual([4, MAX_OTHER_TOKENS - 4, 0]);
    await completer.readOthers({ ticket: 2, runId: 'run', texts: [] }, never);
  });

  it('offers strings and numbers of the text as themselves', async () => {
    const text = `${FILES[0]}\nspam = ['egg', 'ham', 'egg', `;
    const shown = await completer.candidates({ ...request(text), cache: true }, never);
    const literals = shown!.candidates.filter(({ text: written }) => written === `'egg'` || written === `'ham'`);
    expect(literals.length).toBeGreaterThan(0);
    expect(literals.every(({ ofText }) => ofText)).toBe(true);
    const index = shown!.candidates.indexOf(literals[0]!);
    const line = await completer.line({ ...lineRequest(text, {}, index), cache: true }, never);
    expect(line?.pieces[0]).toMatchObject({ field: false });
    expect(line?.pieces[0]?.text).toContain(literals[0]!.text);
  });

  it('is less surprised with a cache by what has stood before, and by a token as the distribution says', async () => {
    const text = 'walrus = 1\nwalrus = 2\nwalrus = 3\nwalrus = 4\n';
    const seen = await inspector.inspect({ ticket: 1, runId: 'run', text, cache: true }, never);
    const { cached, bits, tokens } = seen!;
    expect(cached!.bits).toHaveLength(bits.length);
    // the first token has nothing before it: `<UNK>`, all of which is something new
    expect(cached!.bits[0]).toBeCloseTo(bits[0]!, 3);
    const last = tokens.lastIndexOf('walrus');
    expect(cached!.bits[last]).toBeLessThan(cached!.bits[0]!);
    expect([...cached!.ranks].every((rank) => rank >= 0)).toBe(true);
    const expected = await inspector.expected({ ticket: 2, runId: 'run', text, token: last, cache: true }, never);
    const rank = expected!.findIndex(({ token }) => token === 'walrus');
    // five are listed, so a token that is not has a rank of 5 or more
    expect(Math.min(cached!.ranks[last]!, 5)).toBe(rank === -1 ? 5 : rank);
    expect(await inspector.inspect({ ticket: 3, runId: 'run', text: '', cache: true }, never)).toMatchObject({
      cached: { meanBits: Number.NaN },
    });
  });
});
