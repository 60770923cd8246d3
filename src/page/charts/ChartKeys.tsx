/** Keyboard navigation in a chart: arrows move the crosshair from point to point, plus and minus zoom, Escape shows all. */
import type { KeyboardEvent } from 'react';
import { valueText } from './nonFinite.ts';
import { visibleText } from '#core/visibleText.ts';
import { nearestIndex, readingsAt, xsOf } from './series.ts';
import type { CrosshairProps } from './CrosshairMarks.tsx';
import { KeysSlider } from './KeysSlider.tsx';
import { moveCrosshair, resetZoom, useGroupView, zoomedAround, zoomTo } from './sync.ts';

interface ChartKeysProps extends Omit<CrosshairProps, 'overlay' | 'referenceLines'> {
  readonly title: string;
}

const ZOOM_IN = 0.6;
/** Points that page up and page down go. */
const PAGE = 10;

export function ChartKeys({ title, chart, group, series, headOf, format }: ChartKeysProps) {
  const { crosshair, zoom } = useGroupView(group);
  const own = crosshair?.chart === chart ? crosshair.x : null;
  const said =
    own === null
      ? 'no point chosen'
      : [
          headOf(own),
          ...readingsAt(series, own)
            .slice(0, 6)
            .map(({ label, y }) => `${visibleText(label)} ${valueText(y, format)}`),
        ].join(', ');

  const press = (event: KeyboardEvent) => {
    const xs = xsOf(series);
    const [first, last] = [xs[0], xs.at(-1)];
    if (first === undefined || last === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = [first, last] as const;
    const at =
      own === null
        ? -1
        : nearestIndex(
            xs.map((x) => ({ x, y: 0 })),
            own,
          );
    const go = (index: number) => moveCrosshair(group, { x: xs[Math.min(xs.length - 1, Math.max(0, index))]!, chart });
    switch (event.key) {
      case 'ArrowRight':
      case 'ArrowUp':
        go(at + 1);
        break;
      case 'ArrowLeft':
      case 'ArrowDown':
        go(at < 0 ? xs.length - 1 : at - 1);
        break;
      case 'PageUp':
        go(at + PAGE);
        break;
      case 'PageDown':
        go(at - PAGE);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(xs.length - 1);
        break;
      case '+':
      case '=':
      case '-': {
        const factor = event.key === '-' ? 1 / ZOOM_IN : ZOOM_IN;
        const [low, high] = zoomedAround(zoom ?? all, own ?? (first + last) / 2, factor, all);
        if (low <= first && high >= last) resetZoom(group);
        else zoomTo(group, low, high);
        break;
      }
      case 'Escape':
        if (zoom) resetZoom(group);
        else moveCrosshair(group, null);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const xs = own === null ? [] : xsOf(series);
  return (
    <KeysSlider
      title={title}
      points={xs.length}
      at={own === null ? null : Math.max(0, xs.indexOf(own))}
      said={said}
      onKeyDown={press}
      onLeave={() => moveCrosshair(group, null)}
    />
  );
}
