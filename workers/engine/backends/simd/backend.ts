/**
 * TensorFlow.js's backend `simd`: tensors are places in the program's memory, kernels are commands in its queue. Like a GPU it
 * computes on its own, in order; only `read` waits for it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { fail } from '#core/failure.ts';
import type { SimdRuntime } from './runtime.ts';

export const BACKEND = 'simd';

interface Stored {
  readonly address: number;
  readonly size: number;
  readonly dtype: 'float32' | 'int32';
  readonly shape: number[];
  /** The value of a scalar that came from outside, such as the gradient of a loss. */
  readonly scalar: number | null;
  references: number;
  /** Copies under way; the address is kept until they are made. */
  readers: number;
  disposed: boolean;
}

const VALUE_BYTES = 4;

export class SimdBackend extends tf.KernelBackend {
  readonly runtime: SimdRuntime;
  readonly #stored = new Map<object, Stored>();

  constructor(runtime: SimdRuntime) {
    super();
    this.runtime = runtime;
  }

  /** A tensor whose values the next commands write. */
  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    const size = tf.util.sizeFromShape([...shape]);
    const address = this.runtime.heap.alloc(size * VALUE_BYTES);
    const dataId = this.#keep({ address, size, dtype, shape: [...shape], scalar: null });
    return { dataId, shape: [...shape], dtype };
  }

  /** The address of a tensor's values. */
  addressOf({ dataId }: tf.TensorInfo): number {
    return this.#find(dataId).address;
  }

  addressesOf<T extends readonly tf.TensorInfo[]>(...infos: T): { readonly [Index in keyof T]: number } {
    return infos.map((info) => this.addressOf(info)) as { readonly [Index in keyof T]: number };
  }

  /** The value of a scalar that was uploaded; null if a command computes it. */
  scalarOnHost(dataId: object): number | null {
    return this.#find(dataId).scalar;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.#keep(this.#stage(values, shape, dtype));
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    this.#stored.set(dataId, { ...this.#stage(values, shape, dtype), references, readers: 0, disposed: false });
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const stored = this.#find(dataId);
    stored.readers++;
    try {
      await this.runtime.computed();
      const { address, size, dtype } = stored;
      return dtype === 'float32' ? this.runtime.floats(address, size) : this.runtime.integers(address, size);
    } finally {
      stored.readers--;
      if (stored.disposed) this.#free(stored);
    }
  }

  /** Not supported: it would block the thread that answers the page. */
  override readSync(): never {
    return fail('internal', 'A tensor was read in step with the processor.', 'Await data() instead.');
  }

  override refCount(dataId: object): number {
    return this.#stored.get(dataId)?.references ?? 0;
  }

  override incRef(dataId: object): void {
    this.#find(dataId).references++;
  }

  override disposeData(dataId: object, force = false): boolean {
    const stored = this.#stored.get(dataId);
    if (!stored) return true;
    stored.references--;
    if (!force && stored.references > 0) return false;
    this.#stored.delete(dataId);
    stored.disposed = true;
    this.#free(stored);
    return true;
  }

  override numDataIds(): number {
    return this.#stored.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#stored.clear();
    this.runtime.end();
  }

  #stage(
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): Omit<Stored, 'references' | 'readers' | 'disposed'> {
    if (dtype !== 'float32' && dtype !== 'int32') {
      return fail('internal', `The device cpu has no tensors of ${dtype}.`, 'Cast it to float32 or int32 first.');
    }
    const typed = dtype === 'float32' ? floatsOf(values) : integersOf(values);
    const address = this.runtime.upload(typed);
    const scalar = typed.length === 1 ? (typed[0] ?? null) : null;
    return { address, size: typed.length, dtype, shape, scalar };
  }

  #keep(stored: Omit<Stored, 'references' | 'readers' | 'disposed'>): object {
    const dataId = {};
    this.#stored.set(dataId, { ...stored, references: 1, readers: 0, disposed: false });
    return dataId;
  }

  #find(dataId: object): Stored {
    const stored = this.#stored.get(dataId);
    if (!stored) throw new Error('The tensor is not on the device cpu.');
    return stored;
  }

  #free({ address, readers }: Stored): void {
    if (readers === 0) this.runtime.heap.free(address, this.runtime.kernels.written());
  }
}

/** The backend in use. @throws Error where it is another */
export function currentBackend(): SimdBackend {
  const backend = tf.backend();
  if (!(backend instanceof SimdBackend)) throw new Error('The device cpu is not in use.');
  return backend;
}

function floatsOf(values: tf.BackendValues): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
}

function integersOf(values: tf.BackendValues): Int32Array {
  return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
}
