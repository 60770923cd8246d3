/**
 * The 32-bit Mersenne Twister MT19937 of Matsumoto and Nishimura (1998), the generator of PyTorch and Python.
 * Source: their reference `mt19937ar.c`.
 */
const N = 624;
const M = 397;
const MATRIX_A = 0x9908b0df;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

export class Mt19937 {
  readonly #state = new Uint32Array(N);
  #index = N;

  /** @param seed unsigned 32 bits, as `torch.Generator().manual_seed(seed)` uses it */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1]!;
      state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** Seeds with any number of unsigned 32-bit words (`init_by_array`), so different keys give different sequences. */
  static fromKey(key: readonly number[]): Mt19937 {
    const generator = new Mt19937(19650218);
    const state = generator.#state;
    let i = 1;
    let j = 0;
    const wrap = () => {
      if (i < N) return;
      state[0] = state[N - 1]!;
      i = 1;
    };
    for (let k = Math.max(N, key.length); k > 0; k--) {
      const previous = state[i - 1]!;
      state[i] = (state[i]! ^ Math.imul(previous ^ (previous >>> 30), 1664525)) + key[j]! + j;
      i++;
      j = (j + 1) % key.length;
      wrap();
    }
    for (let k = N - 1; k > 0; k--) {
      const previous = state[i - 1]!;
      state[i] = (state[i]! ^ Math.imul(previous ^ (previous >>> 30), 1566083941)) - i;
      i++;
      wrap();
    }
    state[0] = UPPER;
    return generator;
  }

  /** The next unsigned 32 bits. */
  nextU32(): number {
    if (this.#index === N) this.#refill();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & UPPER) | (state[(i + 1) % N]! & LOWER);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? MATRIX_A : 0);
    }
    this.#index = 0;
  }
}
