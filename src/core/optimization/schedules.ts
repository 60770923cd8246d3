/**
 * Learning-rate schedules: the rate of each training step. Each is PyTorch's formula (torch.optim.lr_scheduler), stepped after every
 * update, or after every epoch for the plateau:
 * - `constant`: the rate itself.
 * - `linear`: LinearLR up over W steps, from 1/(W + 1) of the rate to the full rate, then LinearLR down to 0 at the end of the last
 *   step, joined by SequentialLR.
 * - `cosine`: the same warm-up, then CosineAnnealingLR with `eta_min` 0.
 * - `one-cycle`: OneCycleLR with PyTorch's defaults (cosine both ways, `div_factor` 25, `final_div_factor` 1e4), except that
 *   `pct_start` is the warm-up share and Adam's beta1 is not cycled (`cycle_momentum=False`).
 * - `plateau`: ReduceLROnPlateau with `factor` 0.5 and `patience` 0. The rate is halved after each epoch whose validation loss is not
 *   below the best one by at least PyTorch's relative threshold of 1e-4.
 * Nothing here keeps state. The rate depends only on the step's number and the validation losses so far, so a resumed run has the same
 * rates.
 */

/** Where a step is in the training. */
interface StepPosition {
  /** Steps taken before it. */
  readonly step: number;
  /** Steps of the whole training: steps per epoch times the maximum number of epochs. */
  readonly totalSteps: number;
  /** Share of all steps over which the rate rises. */
  readonly warmup: number;
  /** Validation loss of each epoch before it. */
  readonly validationLosses: readonly number[];
}

interface ScheduleDescription {
  /** As written in a sentence: `cosine decay`. */
  readonly title: string;
  /** Whether the rate first rises over a share of the steps. */
  readonly warmsUp: boolean;
  readonly rateAt: (rate: number, position: StepPosition) => number;
}

export const SCHEDULES = {
  constant: { title: 'constant', warmsUp: false, rateAt: (rate) => rate },
  linear: {
    title: 'linear decay',
    warmsUp: true,
    rateAt: (rate, position) => rate * (warmupFactor(position) ?? 1 - decayed(position)),
  },
  cosine: {
    title: 'cosine decay',
    warmsUp: true,
    rateAt: (rate, position) => rate * (warmupFactor(position) ?? (1 + Math.cos(Math.PI * decayed(position))) / 2),
  },
  'one-cycle': { title: 'one cycle', warmsUp: true, rateAt: oneCycle },
  plateau: { title: 'halved on plateau', warmsUp: false, rateAt: halvedOnPlateau },
} as const satisfies Readonly<Record<string, ScheduleDescription>>;
export type Schedule = keyof typeof SCHEDULES;

export interface ScheduleConfig {
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly warmup: number;
}

export function rateOfStep(
  { learningRate, schedule, warmup }: ScheduleConfig,
  position: Omit<StepPosition, 'warmup'>,
): number {
  const { rateAt }: ScheduleDescription = SCHEDULES[schedule];
  return rateAt(learningRate, { ...position, warmup });
}

function warmupSteps({ totalSteps, warmup }: StepPosition): number {
  return Math.floor(totalSteps * warmup + 0.5);
}

/** Share of the full rate; null once the warm-up is over. */
function warmupFactor(position: StepPosition): number | null {
  const steps = warmupSteps(position);
  return position.step < steps ? (position.step + 1) / (steps + 1) : null;
}

/** Share of the steps after the warm-up that are done. */
function decayed(position: StepPosition): number {
  const steps = warmupSteps(position);
  return (position.step - steps) / (position.totalSteps - steps);
}

const DIV_FACTOR = 25;
const FINAL_DIV_FACTOR = 1e4;

function oneCycle(rate: number, { step, totalSteps, warmup }: StepPosition): number {
  const [first, last] = [rate / DIV_FACTOR, rate / DIV_FACTOR / FINAL_DIV_FACTOR];
  const peak = totalSteps * warmup - 1;
  if (step <= peak) return peak === 0 ? rate : between(first, rate, step / peak);
  return between(rate, last, (step - peak) / (totalSteps - 1 - peak));
}

/** Interpolates along half a cosine. @param share from 0 (`from`) to 1 (`to`) */
function between(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

const FACTOR = 0.5;
const THRESHOLD = 1e-4;
/** The rate is not halved if it would fall by no more than this (PyTorch's `eps`). */
const LEAST_CHANGE = 1e-8;

function halvedOnPlateau(rate: number, { validationLosses }: StepPosition): number {
  let best = Infinity;
  let now = rate;
  for (const loss of validationLosses) {
    if (loss < best * (1 - THRESHOLD)) best = loss;
    else if (now - now * FACTOR > LEAST_CHANGE) now *= FACTOR;
  }
  return now;
}
