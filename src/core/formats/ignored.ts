/** Tensors of a file that its network does not use: they are not stored, and listed for the user. */
import { formatCounted } from '../format.ts';
import { formatTensor, type TensorInfo } from '../models/safetensors.ts';

export interface IgnoredTensor extends TensorInfo {
  /** Several floats: perhaps a layer that the lab does not have, without which the network computes something else. */
  readonly mayBeLayer: boolean;
}

/** @param isUsed by name */
export function ignoredOf(infos: readonly TensorInfo[], isUsed: (name: string) => boolean): IgnoredTensor[] {
  return infos.filter(({ name }) => !isUsed(name)).map((info) => ({ ...info, mayBeLayer: mayBeLayer(info) }));
}

function mayBeLayer({ dtype, shape }: TensorInfo): boolean {
  return /^(?:BF|F|C)\d/.test(dtype) && shape.reduce((product, size) => product * size, 1) > 1;
}

/** @param most tensors named; of more than these, their number is said. @returns empty where none was ignored */
export function ignoredInWords(ignored: readonly TensorInfo[], most = 5): string {
  if (ignored.length === 0) return '';
  const were = ignored.length === 1 ? 'was' : 'were';
  return `${formatCounted(ignored.length, 'tensor')} ${were} ignored: ${listTensors(ignored, most)}.`;
}

/** `num_batches (I64), mask (BOOL [5, 5]) and 3 more`. */
export function listTensors(tensors: readonly TensorInfo[], most = 5): string {
  const named = tensors.slice(0, most).map(formatTensor).join(', ');
  return tensors.length > most ? `${named} and ${tensors.length - most} more` : named;
}
