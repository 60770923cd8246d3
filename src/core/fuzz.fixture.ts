/**
 * The number of cases of property tests: `FUZZ=20 npm run test:fuzz`, or `test:unit`, runs twenty times as many, from a new seed each time,
 * which a failure prints. Without it the cases are always the same, so that a test fails only because of a change.
 */
import * as fc from 'fast-check';

// oxlint-disable-next-line no-restricted-globals -- tests run in Node
const times = Number(process.env['FUZZ'] ?? 1);

/** Options of `fc.assert`. @param runs the number of cases unless `FUZZ` asks for more */
export function runs(runs: number): { numRuns: number; seed?: number } {
  return { numRuns: Math.ceil(runs * (times > 0 ? times : 1)), ...(times === 1 ? { seed: 42 } : {}) };
}

/** A test's time limit that grows with the number of cases, in milliseconds. */
export const FUZZ_TIMEOUT = 60_000 * Math.max(1, times);

const PIECES = [
  ...Array.from(`abcrRfFuUbB_ 0123456789 eEjJxXoObB .,:;()[]{}'"\\\`$?!@#%&*+-/<=>^|~`),
  '"""',
  "'''",
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\f',
  '\\\n',
  '    ',
  '# c\n',
  'def f():\n',
  '0x1F',
  '1_0.5e-3j',
  '...',
  '**=',
  'é',
  '²',
  '名',
  '\u{1d4b3}',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\u{1f600}',
  '\0',
  '\u001c',
  '\ufeff',
];

/** Text that exercises the edge cases of a Python tokenizer. */
export const pythonish = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

/** Damage: bytes changed, cut off, or put in. */
export function damaged(whole: Uint8Array<ArrayBuffer>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const place = fc.nat({ max: Math.max(0, whole.length - 1) });
  const change = fc.record({ at: place, to: fc.integer({ min: 0, max: 255 }) });
  return fc
    .record({
      changes: fc.array(change, { maxLength: 6 }),
      from: place,
      cut: fc.option(place),
      gap: fc.nat({ max: 20 }),
    })
    .map(({ changes, from, cut, gap }) => {
      const bytes = whole.slice();
      for (const { at, to } of changes) bytes[at] = to;
      if (cut === null) return bytes;
      return gap === 0 ? bytes.slice(0, cut) : Uint8Array.from([...bytes.slice(0, from), ...bytes.slice(from + gap)]);
    });
}
