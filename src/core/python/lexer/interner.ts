/**
 * Numbers distinct byte strings, from 0, in order of appearance. All data is in typed arrays. A large corpus has millions of distinct
 * tokens, and a Map of strings would take several times the memory and be slower.
 */

/** FNV-1a with 32 bits. Callers of `intern` compute it while they read. */
export const HASH_START = 0x811c9dc5 | 0;
export const HASH_FACTOR = 0x01000193;

/** Beyond this many bytes, arrays grow by a quarter instead of doubling. */
const LARGE = 2 ** 26;
const FREE = -1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_START;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_FACTOR);
  return hash;
}

export class Interner {
  #size = 0;
  /** All strings, one after the other. */
  #arena = new Uint8Array(1 << 14);
  /** Start of each string, by id; it ends where the next one starts. */
  #starts = new Float64Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #kinds = new Uint8Array(1 << 10);
  /** Hash table of ids with linear probing, at most half full. */
  #slots = new Int32Array(1 << 11).fill(FREE);

  get size(): number {
    return this.#size;
  }

  /** Bytes of all strings. */
  get bytes(): number {
    return this.#starts[this.#size]!;
  }

  /**
   * Returns the number of a string. The same bytes with another kind are a different string.
   * @param hash result of `hashOf` for it
   * @param kind a byte that `kindOf` returns
   */
  intern(source: Uint8Array, start: number, end: number, hash: number, kind: number): number {
    const mask = this.#slots.length - 1;
    const mixed = Math.imul(hash ^ kind, 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === FREE) return this.#add(source, start, end, mixed, kind, slot);
      if (this.#hashes[id] === mixed && this.#kinds[id] === kind && this.#holds(id, source, start, end)) return id;
      slot = (slot + 1) & mask;
    }
  }

  internText(text: string, kind: number): number {
    const bytes = encoder.encode(text);
    return this.intern(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length), kind);
  }

  kindOf(id: number): number {
    return this.#kinds[id]!;
  }

  bytesOf(id: number): Uint8Array<ArrayBuffer> {
    return this.#arena.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  textOf(id: number): string {
    return decoder.decode(this.bytesOf(id));
  }

  #holds(id: number, source: Uint8Array, start: number, end: number): boolean {
    const first = this.#starts[id]!;
    if (this.#starts[id + 1]! - first !== end - start) return false;
    const arena = this.#arena;
    for (let i = start, at = first; i < end; i++, at++) if (arena[at] !== source[i]) return false;
    return true;
  }

  #add(source: Uint8Array, start: number, end: number, mixed: number, kind: number, slot: number): number {
    const id = this.#size++;
    const first = this.#starts[id]!;
    const after = first + end - start;
    if (after > this.#arena.length) this.#arena = grown(this.#arena, new Uint8Array(room(this.#arena, after)));
    this.#arena.set(source.subarray(start, end), first);
    if (id + 2 > this.#starts.length) {
      const wanted = room(this.#starts, id + 2);
      this.#starts = grown(this.#starts, new Float64Array(wanted));
      this.#hashes = grown(this.#hashes, new Int32Array(wanted));
      this.#kinds = grown(this.#kinds, new Uint8Array(wanted));
    }
    this.#starts[id + 1] = after;
    this.#hashes[id] = mixed;
    this.#kinds[id] = kind;
    this.#slots[slot] = id;
    if (2 * this.#size > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(FREE);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      const mixed = this.#hashes[id]!;
      let slot = (mixed ^ (mixed >>> 15)) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

function room(old: { readonly length: number; readonly byteLength: number }, least: number): number {
  return Math.max(least, Math.ceil(old.length * (old.byteLength > LARGE ? 1.25 : 2)));
}

function grown<A extends Uint8Array | Int32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
