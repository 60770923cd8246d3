/** The result of the regression for a model on a device. */
import type { ModelName } from '../models/registry.ts';
import type { DeviceKind } from '../devices.ts';
import { formatCounted, formatPercent } from '../format.ts';
import { compareFigures, firstOtherBits, shareOf, type Place } from './compare.ts';
import { modelBits, type ModelBits, type ModelFigures, type ModelRecord } from './figures.ts';

export interface Recorded {
  readonly device: DeviceKind;
  readonly model: ModelName;
  readonly record: ModelRecord;
  readonly figures: ModelFigures;
  /** Bits of a second training; null if there was none. */
  readonly again: ModelBits | null;
  /** Bits of an earlier run of the same build on the same machine; null if there was none. */
  readonly before: ModelBits | null;
}

export interface Verdict {
  readonly ok: boolean;
  /** One line if everything passed, otherwise one per failure. */
  readonly lines: readonly string[];
}

export function verdictOf({ device, model, record, figures, again, before }: Recorded): Verdict {
  const bits = modelBits(record);
  const { first, inStep, worst } = compareFigures(record, figures);
  const otherAgain = again && firstOtherBits(again, bits);
  const otherThanBefore = before && firstOtherBits(bits, before);
  const faults: string[] = [];
  if (first) {
    const more = inStep > 1 ? `, along with ${formatCounted(inStep - 1, 'other tensor')} of that step` : '';
    const size = `by ${formatShare(first.value)} of its size (${formatShare(first.limit)} is allowed)`;
    faults.push(`differs from the committed figures, first at ${formatPlace(first)}, ${size}${more}.`);
  }
  if (otherAgain) faults.push(`trained twice, gives two results: bits first differ at ${formatPlace(otherAgain)}.`);
  if (otherThanBefore) {
    faults.push(`gives other bits than this build gave here before, first at ${formatPlace(otherThanBefore)}.`);
  }
  const lines = faults.map((fault) => `FAILED  ${model} on ${device} ${fault}`);
  if (lines.length > 0) return { ok: false, lines };
  const furthest = `at most ${formatPercent(shareOf(worst))} of what is allowed, at ${formatPlace(worst)}`;
  const same = [again && 'the same bits twice', before && 'the same bits as before'].filter((one) => one !== null);
  return { ok: true, lines: [[`ok      ${model} on ${device}: ${furthest}`, ...same].join('; ')] };
}

/** `step 3 of odd, gradient of output.bias`. */
function formatPlace({ case: name, step, tensor }: Place): string {
  return `step ${step} of ${name}, ${tensor}`;
}

function formatShare(value: number): string {
  return value.toExponential(1);
}
