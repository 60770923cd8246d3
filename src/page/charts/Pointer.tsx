/** What the pointer does in a chart: moves the crosshair of its group, and zooms the group to a range dragged over. */
import { useRef, useState, type PointerEvent } from 'react';
import { usePlotScales } from './scales.ts';
import { snap, type ChartSeries } from './series.ts';
import { moveCrosshair, resetZoom, zoomTo } from './sync.ts';
import styles from './drawing.module.css';

interface PointerProps {
  readonly chart: string;
  readonly group: string;
  readonly series: readonly ChartSeries[];
}

/** Pixels from which a click counts as a drag. */
const MIN_DRAG = 8;

export function Pointer({ chart, group, series }: PointerProps) {
  const scales = usePlotScales();
  const from = useRef<number | null>(null);
  const [dragged, setDragged] = useState<readonly [number, number] | null>(null);
  if (!scales) return null;
  const { left, right, top, bottom, fromX } = scales;

  const xOf = ({ clientX, currentTarget }: PointerEvent<SVGRectElement>) => {
    const { left: start } = currentTarget.ownerSVGElement!.getBoundingClientRect();
    return Math.min(right, Math.max(left, clientX - start));
  };
  const end = () => {
    if (dragged) zoomTo(group, fromX(dragged[0]), fromX(dragged[1]));
    from.current = null;
    setDragged(null);
  };
  return (
    <>
      {dragged && (
        <rect
          className={styles.range}
          data-part="range"
          x={dragged[0]}
          width={dragged[1] - dragged[0]}
          y={top}
          height={bottom - top}
        />
      )}
      <rect
        className={styles.pointer}
        data-part="pointer"
        x={left}
        y={top}
        width={right - left}
        height={bottom - top}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = xOf(event);
        }}
        onPointerMove={(event) => {
          const pointerX = xOf(event);
          const x = snap(series, fromX(pointerX));
          moveCrosshair(group, x === null ? null : { x, chart });
          if (from.current === null) return;
          const range = [Math.min(from.current, pointerX), Math.max(from.current, pointerX)] as const;
          setDragged(range[1] - range[0] < MIN_DRAG ? null : range);
        }}
        onPointerUp={end}
        onPointerCancel={() => {
          from.current = null;
          setDragged(null);
        }}
        onPointerLeave={() => {
          if (from.current === null) moveCrosshair(group, null);
        }}
        onDoubleClick={() => resetZoom(group)}
      />
    </>
  );
}
