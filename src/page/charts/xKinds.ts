/** What a curve can be drawn over: epochs, steps, tokens trained on, or time spent training. */
import { countingAxis, niceStep, zoomedAxis, zoomedCountingAxis, type Axis } from './axes.ts';
import { countTicks, type TickFormat } from './ticks.ts';

export const X_KINDS = ['epoch', 'step', 'tokens', 'time'] as const;
export type XKindName = (typeof X_KINDS)[number];

export interface XKind {
  readonly name: XKindName;
  /** For the control. */
  readonly title: string;
  /** At the axis' end, and before a value in words. */
  readonly axisName: string;
  readonly format: (x: number) => string;
  readonly formatTicks: TickFormat;
  /** Over [low, high]. @param limit where it will end, or null while unknown */
  readonly axis: (low: number, high: number, limit: number | null) => Axis;
  /** Exactly over [low, high], where that was zoomed to. */
  readonly zoomed: (low: number, high: number) => Axis;
}

const whole = (x: number) => Math.round(x).toLocaleString('en-US');

export const X_KIND: Readonly<Record<XKindName, XKind>> = {
  epoch: {
    name: 'epoch',
    title: 'Epoch',
    axisName: 'epoch',
    format: (x) => Number(x.toFixed(2)).toLocaleString('en-US'),
    formatTicks: countTicks,
    axis: (low, high, limit) => countingAxis(low, high, limit),
    // a step is between two epochs
    zoomed: (low, high) => zoomedAxis(low, high, 'linear'),
  },
  step: {
    name: 'step',
    title: 'Step',
    axisName: 'step',
    format: whole,
    formatTicks: countTicks,
    axis: (low, high, limit) => countingAxis(low, high, limit),
    zoomed: zoomedCountingAxis,
  },
  tokens: {
    name: 'tokens',
    title: 'Tokens',
    axisName: 'tokens',
    format: whole,
    formatTicks: countTicks,
    axis: (low, high, limit) => countingAxis(low, high, limit),
    zoomed: zoomedCountingAxis,
  },
  time: {
    name: 'time',
    title: 'Time',
    axisName: 'time',
    format: clock,
    formatTicks: () => clock,
    axis: (low, high) => timeAxis(low, high),
    zoomed: (low, high) => {
      const ticks = timeAxis(low, high).ticks.filter((tick) => tick >= low && tick <= high);
      return { low, high, ticks };
    },
  },
};

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400] as const;

/** Seconds, with ticks at whole minutes or hours where it spans some. */
export function timeAxis(low: number, high: number, intervals = 5): Axis {
  const least = Math.max(high - low, 1e-3) / intervals;
  const step = least < 1 ? niceStep(least) : (TIME_STEPS.find((one) => one >= least) ?? niceStep(least));
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(10)));
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}

/** `0`, `45 s`, `2 min`, `1 min 30 s`, `2 h 15 min`. */
function clock(seconds: number): string {
  if (seconds === 0) return '0';
  if (Math.abs(seconds) < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
