/** Keyboard navigation through the points of a chart without curves: arrows move from one to the next, Escape leaves all. */
import type { KeyboardEvent } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { KeysSlider } from './KeysSlider.tsx';

interface PointKeysProps {
  readonly title: string;
  /** Each point in words, in the order of the arrow keys. */
  readonly points: readonly string[];
  /** Place of the chosen point among them; null for none. */
  readonly at: number | null;
  readonly onMove: (at: number | null) => void;
  /** Points beside each other in a row, where they form a grid: up and down go from row to row. */
  readonly columns?: number;
}

export function PointKeys({ title, points, at, onMove, columns = 1 }: PointKeysProps) {
  const last = points.length - 1;
  const go = (to: number) => onMove(Math.min(last, Math.max(0, to)));
  const goRow = (rows: number) => {
    const to = (at ?? 0) + rows * columns;
    if (at === null) go(0);
    // at the edge of a grid the column is kept
    else if (to >= 0 && to <= last) go(to);
  };
  const press = (event: KeyboardEvent) => {
    if (last < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    switch (event.key) {
      case 'ArrowRight':
        go(at === null ? 0 : at + 1);
        break;
      case 'ArrowLeft':
        go(at === null ? last : at - 1);
        break;
      case 'ArrowDown':
        goRow(1);
        break;
      case 'ArrowUp':
        goRow(-1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(last);
        break;
      case 'Escape':
        onMove(null);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <KeysSlider
      title={title}
      points={points.length}
      at={at}
      said={at === null ? 'no point chosen' : visibleText(points[at] ?? '')}
      onKeyDown={press}
      onLeave={() => onMove(null)}
    />
  );
}
