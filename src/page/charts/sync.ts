/** Where the crosshair of a group of charts is, and to which range they are zoomed: charts of one group move together. */
import { create } from 'zustand';

export interface Crosshair {
  readonly x: number;
  /** Name of the chart that the pointer or the keyboard is in. */
  readonly chart: string;
}

export interface GroupView {
  readonly crosshair: Crosshair | null;
  /** In units of x; null shows all. */
  readonly zoom: readonly [low: number, high: number] | null;
}

const UNTOUCHED: GroupView = { crosshair: null, zoom: null };

export const useChartSync = create<{ readonly groups: Readonly<Record<string, GroupView>> }>()(() => ({ groups: {} }));

/** ASCII's own between two units: no id holds one. */
const SEPARATOR = '\u001F';

/**
 * The group of the charts of one page that show one subject over one x. A zoom belongs to all three: over another x its bounds
 * mean nothing, and another subject may have nothing between them. While a subject grows, its zoom stays.
 * @param page that the charts are on: `train`
 * @param subject what they show: an experiment, or runs
 * @param x what they are drawn over
 */
export function chartGroup(page: string, subject: string, x: string): string {
  return [page, subject, x].join(SEPARATOR);
}

/** Resets the zoom of all other subjects of the page: a subject that is opened again is shown in full. */
export function forgetOtherSubjects(page: string, subject: string): void {
  const { groups } = useChartSync.getState();
  const remaining = Object.entries(groups).filter(([group]) => {
    const [itsPage, itsSubject] = group.split(SEPARATOR);
    return itsPage !== page || itsSubject === subject;
  });
  if (remaining.length < Object.keys(groups).length) useChartSync.setState({ groups: Object.fromEntries(remaining) });
}

export function useGroupView(group: string): GroupView {
  return useChartSync(({ groups }) => groups[group] ?? UNTOUCHED);
}

export function useZoom(group: string): GroupView['zoom'] {
  return useChartSync(({ groups }) => groups[group]?.zoom ?? null);
}

function change(group: string, changes: Partial<GroupView>): void {
  useChartSync.setState(({ groups }) => ({
    groups: { ...groups, [group]: { ...UNTOUCHED, ...groups[group], ...changes } },
  }));
}

export function moveCrosshair(group: string, crosshair: Crosshair | null): void {
  if (crosshair === null && !useChartSync.getState().groups[group]?.crosshair) return;
  change(group, { crosshair });
}

/** Narrower than this share of its bounds a range has no ticks to tell them apart. */
const MIN_SHARE = 1e-5;

export function zoomTo(group: string, low: number, high: number): void {
  const least = MIN_SHARE * Math.max(Math.abs(low), Math.abs(high));
  if (high - low > least) change(group, { zoom: [low, high] });
}

export function resetZoom(group: string): void {
  change(group, { zoom: null });
}

/** Both ends moved towards x, or away from it where `factor` is above 1; never beyond the whole. */
export function zoomedAround(
  [low, high]: readonly [number, number],
  x: number,
  factor: number,
  [least, most]: readonly [number, number],
): readonly [number, number] {
  return [Math.max(least, x - (x - low) * factor), Math.min(most, x + (high - x) * factor)];
}
