/** Damages bytes, text, and the values inside JSON, so that inputs get past a reader's first check. All draws come from a seeded stream. */
import type { RandomStream } from '#core/random/stream.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers at which sizes, counts and offsets go wrong. */
const EXTREMES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_ffffn,
];
/** Inputs stay below about this size, so that a large allocation is the reader's own fault. */
const MAX_BYTES = 2 ** 20;

export function oneOf<T>(random: RandomStream, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!;
}

/** True with a probability of 1 / `times`. */
export function once(random: RandomStream, times: number): boolean {
  return random.below(times) === 0;
}

export function noise(random: RandomStream, most: number): Bytes {
  return Uint8Array.from({ length: random.below(most) }, () => random.below(256));
}

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param from first byte that may be damaged */
export function damagedBytes(whole: Uint8Array, random: RandomStream, from = 0): Bytes {
  let bytes = joined(whole);
  for (let times = 1 + random.below(4); times > 0; times--) {
    if (bytes.length <= from || bytes.length > MAX_BYTES) break;
    const place = () => from + random.below(bytes.length - from);
    const [one, other] = [place(), place()];
    const [start, end] = [Math.min(one, other), Math.max(one, other)];
    const [before, within, after] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)];
    switch (random.below(9)) {
      case 0:
        bytes[start] = bytes[start]! ^ (1 << random.below(8));
        break;
      case 1:
        bytes[start] = random.below(256);
        break;
      case 2:
      case 3:
        writeExtreme(bytes, start, random);
        break;
      case 4:
        bytes = joined(before);
        break;
      case 5:
        bytes = joined(before, after);
        break;
      case 6:
        bytes = joined(before, within, within, after);
        break;
      case 7:
        bytes = swapped(bytes, start, end, random);
        break;
      default:
        bytes = joined(before, noise(random, 40), after);
    }
  }
  return bytes;
}

/** Overwrites bytes with an extreme number, in either byte order. */
function writeExtreme(bytes: Bytes, at: number, random: RandomStream): void {
  const width = Math.min(oneOf(random, [1, 2, 4, 8]), bytes.length - at);
  const value = oneOf(random, EXTREMES);
  const little = once(random, 2);
  for (let i = 0; i < width; i++) {
    bytes[at + (little ? i : width - 1 - i)] = Number((value >> BigInt(8 * i)) & 0xffn);
  }
}

/** Swaps two ranges of equal length that start at `one` and `other`. */
function swapped(bytes: Bytes, one: number, other: number, random: RandomStream): Bytes {
  const length = random.below(Math.min(other - one, bytes.length - other) + 1);
  return joined(
    bytes.subarray(0, one),
    bytes.subarray(other, other + length),
    bytes.subarray(one + length, other),
    bytes.subarray(one, one + length),
    bytes.subarray(other + length),
  );
}

/** Text that is hard for Python's tokenizer and for splitting lines. */
const PIECES = [
  '"""',
  "'''",
  '"',
  "f'{",
  '\\\n',
  '\\',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\f',
  '\0',
  '\u{feff}',
  '\u2028',
  '\u{1d4b3}',
  'é',
  '²',
  '# -*- coding: utf-7 -*-\n',
  '# coding: latin-1\n',
  '0x',
  '1_',
  '1e',
  '0777',
  '<s> ',
  ' </s>\n',
  '<EOL>',
  '  ',
];

/** @param longest length of a repeated text, in characters */
export function damagedText(whole: Uint8Array, random: RandomStream, longest = 20_000): Bytes {
  const damaged = once(random, 2) ? damagedBytes(whole, random) : joined(whole);
  const at = random.below(damaged.length + 1);
  const many = oneOf(random, ['(', '[{', '"', ' ', 'a', '\n', '\t', 'if x:\n ', '\\\n', '9', 'é', '\0']);
  const put = once(random, 4)
    ? many.repeat(1 + random.below(Math.ceil(longest / many.length)))
    : Array.from({ length: random.below(8) }, () => oneOf(random, PIECES)).join('');
  return joined(damaged.subarray(0, at), new TextEncoder().encode(put), damaged.subarray(at));
}

/** Placeholders for text that `JSON.stringify` does not write. */
const RAW: Readonly<Record<string, () => string>> = {
  '@deep list@': () => '['.repeat(20_000) + ']'.repeat(20_000),
  '@deep object@': () => '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
  '@nan@': () => 'NaN',
  '@infinity@': () => '1e999',
  '@long number@': () => '9'.repeat(400),
};
/** Values that replace another one. */
const VALUES: readonly unknown[] = [
  null,
  true,
  '',
  'text',
  '\ud800',
  'x'.repeat(100_000),
  -1,
  -0.5,
  0,
  1e308,
  5e-324,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  [],
  {},
  [[]],
  ...Object.keys(RAW),
];
const KEYS = ['__proto__', 'constructor', 'toString', 'length', '__metadata__', '', 'extra'];

type Container = unknown[] | Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** @param text JSON; anything else is damaged as bytes */
export function damagedJson(text: string, random: RandomStream): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return new TextDecoder().decode(damagedBytes(new TextEncoder().encode(text), random));
  }
  if (once(random, 50) || !isContainer(root)) root = structuredClone(oneOf(random, VALUES));
  for (let times = 1 + random.below(3); times > 0 && isContainer(root); times--) edit(somewhere(root, random), random);
  const written = JSON.stringify(root) ?? 'null';
  const raw = Object.entries(RAW).reduce((text, [mark, put]) => text.replaceAll(JSON.stringify(mark), put), written);
  return once(random, 10) ? new TextDecoder().decode(damagedBytes(new TextEncoder().encode(raw), random)) : raw;
}

/** A random list or object inside `root`, or `root` itself. */
function somewhere(root: Container, random: RandomStream): Container {
  let here = root;
  for (;;) {
    const inner = Object.values(here).filter(isContainer);
    if (inner.length === 0 || once(random, 3)) return here;
    here = oneOf(random, inner);
  }
}

function edit(within: Container, random: RandomStream): void {
  const keys = Object.keys(within);
  const key = keys.length === 0 ? null : oneOf(random, keys);
  // assigning to `__proto__` would not define a property
  const put = (name: string, value: unknown) =>
    Object.defineProperty(within, name, { value, enumerable: true, configurable: true, writable: true });
  // a copy, since a later edit may change it
  const value = () => structuredClone(oneOf(random, VALUES));
  const kind = random.below(6);
  if (key === null || kind === 0) {
    if (Array.isArray(within)) within.push(value());
    else put(oneOf(random, KEYS), value());
  } else if (kind === 1) {
    if (Array.isArray(within)) within.splice(Number(key), 1);
    else Reflect.deleteProperty(within, key);
  } else if (kind === 2) {
    const other: unknown = Reflect.get(within, oneOf(random, keys));
    put(key, structuredClone(other));
  } else if (kind === 3 && Array.isArray(within)) {
    const one: unknown = within[Number(key)];
    if (typeof one === 'number' || one === 'text')
      within.push(...Array.from({ length: random.below(5_000) }, () => one));
  } else if (kind === 4 && typeof Reflect.get(within, key) === 'number') {
    put(key, Number(Reflect.get(within, key)) + oneOf(random, [-1, 1, 0.5, 2 ** 32]));
  } else put(key, value());
}
