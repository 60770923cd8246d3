/** Completion with a continuous cache: what comes from the text, what from other files, and how much. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContinuousCache } from '#core/cache/continuousCache.ts';
import { UNSEARCHED } from '#core/cache/parameters.ts';
import { Suggestions } from '#core/cache/suggestions.ts';
import { outputWidth } from '#core/models/spec.ts';
import { lexText } from '#core/python/code/text.ts';
import { Completer } from '#completion/completer.ts';
import { MAX_OTHER_TOKENS } from '#completion/otherFiles.ts';
import { Inspector } from '#completion/inspector.ts';
import { TextModel } from '#completion/textModel.ts';
import { sharedDevice } from '#engine/devices/shared.fixture.ts';
import { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import { FILES, language, lineRequest, never, request, trained, vocabulary } from './completer.fixture.ts';

let runtime: SimdRuntime;
let open: TextModel;
let completer: Completer;
let inspector: Inspector;
beforeAll(async () => {
  const device = await sharedDevice('cpu');
  runtime = await SimdRuntime.open({ threads: 1, shared: false });
  const { file, model } = await trained(device, 'lstm');
  model.dispose();
  open = new TextModel(runtime, file);
  completer = new Completer(open);
  inspector = new Inspector(open);
});
afterAll(() => {
  completer.dispose();
  open.dispose();
  runtime.end();
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
  // typing continues from there, and tokens of the text come from the text
  const typed = await completer.candidates({ ...request(`${text}${'Walrus\nspam = '.repeat(4)}`), cache: true }, never);
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
  // nothing comes before the first token, so all of the probability of `<UNK>` is for a new token
  expect(cached!.bits[0]).toBeCloseTo(bits[0]!, 3);
  const last = tokens.lastIndexOf('walrus');
  expect(cached!.bits[last]).toBeLessThan(cached!.bits[0]!);
  expect([...cached!.ranks].every((rank) => rank >= 0)).toBe(true);
  const expected = await inspector.expected({ ticket: 2, runId: 'run', text, token: last, cache: true }, never);
  const rank = expected!.findIndex(({ token }) => token === 'walrus');
  // five candidates are listed, so a token that is missing has a rank of 5 or more
  expect(Math.min(cached!.ranks[last]!, 5)).toBe(rank === -1 ? 5 : rank);
  expect(await inspector.inspect({ ticket: 3, runId: 'run', text: '', cache: true }, never)).toMatchObject({
    cached: { meanBits: Number.NaN },
  });
});
