/** Seeded random draws for one purpose. Every draw of the lab comes from here, from `torch.ts`, or from `dropout.ts`. */
import { Mt19937 } from './mt19937.ts';

/**
 * The stream of a seed and a purpose, such as `weights/output.bias`. It is the same on every machine and unrelated to the stream
 * of any other seed or name, so an added draw in one place changes no draws elsewhere.
 * @param seed unsigned 32 bits
 */
export function streamFor(seed: number, name: string): RandomStream {
  const units = Array.from(name, (_, i) => name.charCodeAt(i));
  return new RandomStream(Mt19937.fromKey([seed >>> 0, name.length, ...units]));
}

export class RandomStream {
  readonly #generator: Mt19937;
  #spareNormal: number | null = null;

  constructor(generator: Mt19937) {
    this.#generator = generator;
  }

  /** The next unsigned 32 bits. */
  u32(): number {
    return this.#generator.nextU32();
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 0x400_0000 + low) / 2 ** 53;
  }

  /** A uniform whole number in [0, bound). @param bound from 1 to 2^32 */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound); // draws from here on would favor small numbers
    let draw = this.u32();
    while (draw >= limit) draw = this.u32();
    return draw % bound;
  }

  /** Normally distributed, with mean 0 and variance 1 (Box and Muller, 1958). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher and Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }
}
