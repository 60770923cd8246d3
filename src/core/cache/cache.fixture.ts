/** A made-up model and row, and q_t computed by the definition, text by text, to compare faster code with. */
import { largestOf } from '../completion/distribution.ts';
import { streamFor } from '../random/stream.ts';
import { outsideCode } from '../data/outside.ts';
import { UNK_ID, Vocabulary } from '../data/vocabulary.ts';
import { massesOf } from './continuousCache.ts';
import type { CacheParameters } from './parameters.ts';
import { LARGEST, type PositionValues } from './rowScores.ts';
import type { RowTexts } from './rowTexts.ts';

export const VOCABULARY = new Vocabulary(['<s>', '<EOL>', '</s>', 'x', 'self', '(', ')', 'def', 'return', '=']);
const WIDTH = 5;

export interface MadeRow {
  readonly texts: readonly string[];
  /** Ids of the texts, and what a data set keeps of those that are `<UNK>`. */
  readonly ids: Uint16Array;
  readonly outside: Uint16Array;
  /** [positions][width], and [positions][ids]: after each token but the last. */
  readonly states: readonly Float32Array[];
  readonly logits: readonly Float32Array[];
}

/** @param length tokens, `<s>` among them */
export function madeRow(length: number, seed: number, texts = madeTexts(length, seed)): MadeRow {
  const random = streamFor(seed, 'model');
  const normals = (count: number, factor: number) =>
    Float32Array.from({ length: count }, () => factor * random.normal());
  const numbers = new Map<string, number>();
  const ids = Uint16Array.from(texts, (text) => VOCABULARY.id(text));
  const outside = Uint16Array.from(texts, (text) => {
    if (VOCABULARY.id(text) !== UNK_ID) return 0;
    if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
    return outsideCode(numbers.get(text)!, true);
  });
  const positions = Array.from({ length: length - 1 });
  return {
    texts,
    ids,
    outside,
    states: positions.map(() => normals(WIDTH, 1)),
    logits: positions.map(() => normals(VOCABULARY.size, 2)),
  };
}

function madeTexts(length: number, seed: number): string[] {
  const random = streamFor(seed, 'texts');
  const others = [...VOCABULARY.tokens.slice(1), 'lines', 'parse', 'odd_name', 'buffer'];
  return ['<s>', ...Array.from({ length: length - 1 }, () => others[random.below(others.length)]!)];
}

export const SOMETHING_NEW = Symbol('something new');

/** q_t of everything that has one. */
export function definition(
  { texts, states, logits }: MadeRow,
  t: number,
  { theta, lambda }: CacheParameters,
): Map<string | symbol, number> {
  const exponentials = Array.from(logits[t]!, (logit) => Math.exp(logit));
  const total = exponentials.reduce((a, b) => a + b, 0);
  const model = (id: number) => exponentials[id]! / total;

  const cache = new Map<string, number>();
  let all = 0;
  for (let i = 0; i < t; i++) {
    const weight = Math.exp(theta * states[t]!.reduce((sum, value, k) => sum + value * states[i]![k]!, 0));
    cache.set(texts[i + 1]!, (cache.get(texts[i + 1]!) ?? 0) + weight);
    all += weight;
  }
  const share = t > 0 ? lambda : 0;
  const c = (text: string) => (cache.get(text) ?? 0) / (all || 1);

  const q = new Map<string | symbol, number>();
  for (let id = 0; id < VOCABULARY.size; id++) {
    if (id === UNK_ID) continue;
    const text = VOCABULARY.token(id);
    q.set(text, (1 - share) * model(id) + share * c(text));
  }
  const before = texts.slice(1, t + 1).filter((text) => VOCABULARY.id(text) === UNK_ID);
  const distinct = [...new Set(before)];
  const sum = distinct.reduce((mass, text) => mass + c(text), 0);
  const handedOut = before.length / (before.length + distinct.length || 1);
  for (const text of distinct) {
    q.set(text, (1 - share) * model(UNK_ID) * handedOut * (c(text) / sum) + share * c(text));
  }
  q.set(SOMETHING_NEW, (1 - share) * model(UNK_ID) * (1 - handedOut));
  return q;
}

/** What a device would return. @param slots number of slots per position */
export function valuesOf(
  { states, logits }: Pick<MadeRow, 'states' | 'logits'>,
  texts: RowTexts,
  theta: number,
  slots = texts.ids.length,
): PositionValues {
  const count = states.length;
  const masses = new Float32Array(count * slots);
  const gathered = new Float32Array(count * slots);
  const largestCount = Math.min(LARGEST, logits[0]!.length);
  const largest = new Float32Array(count * largestCount);
  const losses = new Float32Array(count);
  for (let t = 0; t < count; t++) {
    const own = logits[t]!;
    const likeness = states
      .slice(0, t)
      .map((other) => theta * other.reduce((sum, value, k) => sum + value * states[t]![k]!, 0));
    masses.set(massesOf(likeness, texts.slots, texts.ids.length), t * slots);
    for (const [slot, id] of texts.ids.entries()) gathered[t * slots + slot] = own[id]!;
    const order = largestOf(own, largestCount, () => true);
    largest.set(
      order.map((id) => own[id]!),
      t * largestCount,
    );
    const target = texts.ids[texts.slots[t]!]!;
    losses[t] = Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - own[target]!;
  }
  return { masses, logits: gathered, slots, largest, largestCount, losses };
}
