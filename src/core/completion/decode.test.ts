import { describe, expect, it } from 'vitest';
import { UNK_ID } from '../data/vocabulary.ts';
import type { Choice, Choices } from './choice.ts';
import { decodeLine, type Writer } from './decode.ts';
import { DEFAULT_DECODING, type Decoding } from './decoding.ts';

/** What may come next, keyed by the tokens so far, joined by spaces. */
type Language = Readonly<Record<string, Readonly<Record<string, number>>>>;

const { signal: never } = new AbortController();

/** A model of so few texts that the expected output can be worked out by hand. */
class Parrot implements Writer {
  readonly read: string[] = [];
  readonly #language: Language;
  readonly #tokens: string[];
  #drafts: string[][] = [];

  constructor(language: Language) {
    this.#language = language;
    this.#tokens = ['<PAD>', '<UNK>', ...new Set(Object.values(language).flatMap((next) => Object.keys(next)))];
  }

  after(draft: readonly string[]): Choices {
    const next = Object.entries(this.#language[draft.join(' ')] ?? { '</s>': 1 });
    const choices = next
      .map(([token, probability]): Choice => {
        const id = token === '<UNK>' ? UNK_ID : this.#tokens.indexOf(token);
        return { id, token, probability, fromCache: 0, fromOthers: 0, ofText: false };
      })
      .toSorted((a, b) => b.probability - a.probability);
    return (count) => choices.slice(0, count);
  }

  begin(ids: readonly number[]): Promise<Choices[]> {
    this.#drafts = ids.map((id) => [this.#tokens[id]!]);
    return this.#next();
  }

  step(ids: readonly number[], parents: readonly number[]): Promise<Choices[]> {
    this.#drafts = ids.map((id, row) => [...this.#drafts[parents[row]!]!, this.#tokens[id]!]);
    return this.#next();
  }

  #next(): Promise<Choices[]> {
    this.read.push(...this.#drafts.map((draft) => draft.join(' ')));
    return Promise.resolve(this.#drafts.map((draft) => this.after(draft)));
  }
}

async function decode(
  language: Language,
  decoding: Partial<Decoding> = {},
  { begin = null, signal = never }: { begin?: number | null; signal?: Pick<AbortSignal, 'aborted'> } = {},
) {
  const writer = new Parrot(language);
  const request = { first: writer.after([]), begin, writer, decoding: { ...DEFAULT_DECODING, ...decoding }, signal };
  const decoded = await decodeLine(request);
  return decoded && { tokens: decoded.choices.map(({ token }) => token).join(' '), end: decoded.end };
}

const call: Language = {
  '': { x: 0.6, y: 0.4 },
  x: { '=': 0.9, '<EOL>': 0.1 },
  'x =': { '1': 0.5, '<UNK>': 0.3 },
  'x = 1': { '<EOL>': 1 },
  'x = 1 <EOL>': { y: 1 },
  'x = 1 <EOL> y': { '<EOL>': 1 },
  'x = 1 <EOL> y <EOL>': { '</s>': 1 },
  y: { '<EOL>': 0.99, '=': 0.01 },
  '<EOL>': { z: 1 },
  '<EOL> z': { '<EOL>': 1 },
};

describe('greedy', () => {
  it('takes the likeliest token each time, up to the end of the line', async () => {
    expect(await decode(call)).toEqual({ tokens: 'x = 1', end: 'line' });
  });
  it('writes as many lines as wanted, fewer where the file ends', async () => {
    expect(await decode(call, { lines: 2 })).toEqual({ tokens: 'x = 1 <EOL> y', end: 'line' });
    expect(await decode(call, { lines: 5 })).toEqual({ tokens: 'x = 1 <EOL> y', end: 'file' });
  });
  it('begins with the candidate that was chosen; an end of line begins the next', async () => {
    expect(await decode(call, {}, { begin: 1 })).toEqual({ tokens: 'y', end: 'line' });
    expect(await decode({ ...call, '': { '<EOL>': 1 } }, {}, { begin: 0 })).toEqual({ tokens: '<EOL> z', end: 'line' });
    expect(await decode({ ...call, '': { '<EOL>': 1 } })).toEqual({ tokens: '', end: 'line' });
  });
  it('ends before what cannot be written', async () => {
    const unknown = { ...call, 'x =': { '<UNK>': 0.7, '1': 0.3 } };
    expect(await decode(unknown)).toEqual({ tokens: 'x =', end: 'unknown' });
    expect(await decode({ '': { '<s>': 1 } })).toEqual({ tokens: '', end: 'unknown' });
  });
  it('begins with the likeliest that can be written', async () => {
    const unknown = { ...call, '': { '<UNK>': 0.7, '<s>': 0.15, y: 0.1, x: 0.05 } };
    for (const method of ['greedy', 'beam'] as const) {
      expect(await decode(unknown, { method })).toEqual({ tokens: 'y', end: 'line' });
    }
    expect(await decode(unknown, { method: 'sample', topK: 1 })).toEqual({ tokens: 'y', end: 'line' });
    expect(await decode(unknown, {}, { begin: 3 })).toEqual({ tokens: 'x = 1', end: 'line' });
  });
  it('writes no endless line, and no empty ones', async () => {
    const endless = new Proxy<Language>({}, { get: () => ({ a: 1 }) });
    const line = await decode(
      new Proxy(endless, {
        ownKeys: () => ['x'],
        getOwnPropertyDescriptor: () => ({ value: { a: 1 }, configurable: true, enumerable: true }),
      }),
    );
    expect(line?.end).toBe('length');
    expect(line?.tokens.split(' ')).toHaveLength(64);
    expect(
      await decode(
        { '': { '<EOL>': 1, a: 0.5 }, a: { '<EOL>': 1 }, 'a <EOL>': { '<EOL>': 1 } },
        { lines: 3 },
        { begin: 1 },
      ),
    ).toEqual({ tokens: 'a', end: 'line' });
  });
  it('stops when it is aborted', async () => {
    let asked = 0;
    expect(
      await decode(
        call,
        {},
        {
          signal: {
            get aborted() {
              return ++asked >= 2;
            },
          },
        },
      ),
    ).toBeNull();
  });
});

describe('sample', () => {
  const coin: Language = { '': { a: 0.75, b: 0.25 }, a: { '<EOL>': 1 }, b: { '<EOL>': 1 } };
  const share = async (decoding: Partial<Decoding>) => {
    const lines = await Promise.all(
      Array.from({ length: 600 }, (_, seed) => decode(coin, { method: 'sample', seed, ...decoding })),
    );
    return lines.filter((line) => line?.tokens === 'a').length / 600;
  };

  it('draws by probability, more evenly when hot and less when cold', async () => {
    expect(await share({ temperature: 1 })).toBeCloseTo(0.75, 1);
    // 3^2 = 9 to 1, and 3^(1/2) to 1
    expect(await share({ temperature: 0.5 })).toBeCloseTo(0.9, 1);
    expect(await share({ temperature: 2 })).toBeCloseTo(0.634, 1);
    expect(await share({ temperature: 3, topK: 1 })).toBe(1);
  });
  it('gives the same line for the same seed', async () => {
    for (const seed of [1, 2, 3]) {
      expect(await decode(coin, { method: 'sample', seed })).toEqual(await decode(coin, { method: 'sample', seed }));
    }
  });
});

describe('beam', () => {
  it('finds the line that is likelier as a whole', async () => {
    const garden: Language = {
      '': { a: 0.55, b: 0.45 },
      a: { c: 0.4, d: 0.35, e: 0.25 },
      b: { f: 0.95, g: 0.05 },
      'a c': { '<EOL>': 1 },
      'a d': { '<EOL>': 1 },
      'b f': { '<EOL>': 1 },
    };
    expect(await decode(garden)).toEqual({ tokens: 'a c', end: 'line' });
    expect(await decode(garden, { method: 'beam', beams: 2 })).toEqual({ tokens: 'b f', end: 'line' });
    expect(await decode(garden, { method: 'beam', beams: 2 }, { begin: 0 })).toEqual({ tokens: 'a c', end: 'line' });
  });
  it('stops when it is aborted, and where nothing can be written', async () => {
    expect(await decode(call, { method: 'beam' }, { signal: AbortSignal.abort() })).toBeNull();
    expect(await decode({ '': { '</s>': 1 } }, { method: 'beam' })).toEqual({ tokens: '', end: 'file' });
  });
  it('writes more than one line', async () => {
    const more = { ...call, 'y <EOL>': { z: 1 }, 'y <EOL> z': { '<EOL>': 1 } };
    // 0.4 x 0.99 for all of it, where the other way is 0.6 x 0.9 x 0.5
    expect(await decode(more, { method: 'beam', lines: 2 })).toEqual({ tokens: 'y <EOL> z', end: 'line' });
  });
});
