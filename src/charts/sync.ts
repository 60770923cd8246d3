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

export function zoomTo(group: string, low: number, high: number): void {
  if (high > low) change(group, { zoom: [low, high] });
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
