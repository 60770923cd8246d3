/** From data to pixels of the plot, as the charting library has laid it out. */
import { usePlotArea, useXAxisInverseScale, useXAxisScale, useYAxisScale } from 'recharts';

export interface PlotScales {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
  readonly fromX: (pixel: number) => number;
}

/** Null before the plot is laid out; for a component inside a `Plot`. */
export function usePlotScales(): PlotScales | null {
  const area = usePlotArea();
  const toX = useXAxisScale();
  const toY = useYAxisScale();
  const fromX = useXAxisInverseScale();
  if (!area || !toX || !toY || !fromX) return null;
  return {
    left: area.x,
    right: area.x + area.width,
    top: area.y,
    bottom: area.y + area.height,
    toX: (x) => toX(x) ?? Number.NaN,
    toY: (y) => toY(y) ?? Number.NaN,
    fromX: (pixel) => Number(fromX(pixel)),
  };
}
