/** A measure over two chosen values: a cell for each pair, with its figure in it, the better the stronger its colour. */
import { useElementSize } from '@mantine/hooks';
import { useId, useState } from 'react';
import { visibleText } from '#core/visibleText.ts';
import { ChartFrame } from './ChartFrame.tsx';
import { valueText } from './nonFinite.ts';
import { NumbersTable } from './NumbersTable.tsx';
import { PointKeys } from './PointKeys.tsx';
import { PointReading } from './PointReading.tsx';
import { goodnessOf, rampColour } from './ramp.ts';
import { widestText } from './textWidth.ts';
import styles from './drawing.module.css';

export interface HeatCell {
  /** Places in `xNames` and `yNames`. */
  readonly x: number;
  readonly y: number;
  readonly value: number;
  /** What it was measured over: `mean of 2 configurations, 6 seeds`. */
  readonly over: string;
}

interface HeatMapProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** In order, left to right and bottom to top. */
  readonly xNames: readonly string[];
  readonly yNames: readonly string[];
  /** One at most for each pair. */
  readonly cells: readonly HeatCell[];
  readonly valueName: string;
  readonly better: 'more' | 'less';
  readonly format: (value: number) => string;
  readonly note: string | null;
  readonly empty: string;
}

const ROW = 34;
const BOTTOM = 38;
const TOP = 16;
const MAX_LABEL = 110;
/** Between a label and the cells. */
const LABEL_GAP = 8;
/** Until it is measured. */
const USUAL_WIDTH = 420;

export function HeatMap(props: HeatMapProps) {
  const { name, title, unit, cells, xTitle, yTitle, yNames, valueName, format } = props;
  const height = yNames.length * ROW + TOP + BOTTOM;
  return (
    <ChartFrame
      name={name}
      title={title}
      unit={unit}
      height={height}
      drawn={
        cells.length === 0
          ? null
          : {
              drawing: <Drawing {...props} height={height} />,
              numbers: (
                <NumbersTable
                  title={title}
                  head={[`${xTitle} and ${yTitle}`, valueName, 'over']}
                  rows={() => cells.map((cell) => [pairOf(cell, props), valueText(cell.value, format), cell.over])}
                />
              ),
              csv: () => [
                [xTitle, yTitle, valueName, 'over'],
                ...cells.map((cell) => [
                  props.xNames[cell.x] ?? '',
                  yNames[cell.y] ?? '',
                  String(cell.value),
                  cell.over,
                ]),
              ],
              note: props.note,
            }
      }
      empty={props.empty}
    />
  );
}

function pairOf({ x, y }: HeatCell, { xTitle, yTitle, xNames, yNames }: HeatMapProps): string {
  return `${xTitle} ${xNames[x] ?? ''}, ${yTitle} ${yNames[y] ?? ''}`;
}

function Drawing(props: HeatMapProps & { readonly height: number }) {
  const { title, xTitle, yTitle, xNames, yNames, cells, valueName, better, format, height } = props;
  const titleId = useId();
  const { ref, width: measured } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const width = Math.round(measured) || USUAL_WIDTH;
  const left = Math.min(MAX_LABEL, Math.ceil(widestText([...yNames])) + LABEL_GAP);
  const column = (width - left) / xNames.length;
  const goodness = goodnessOf(
    cells.map(({ value }) => value),
    better,
  );
  // top to bottom and left to right, with a place for pairs that were not trained
  const grid = yNames.map((_, row) => yNames.length - 1 - row).flatMap((y) => xNames.map((_, x) => ({ x, y })));
  const byPair = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, cell]));
  const words = grid.map(({ x, y }) => {
    const cell = byPair.get(`${x} ${y}`);
    const pair = pairOf({ x, y, value: 0, over: '' }, props);
    return cell ? `${pair}: ${valueName} ${valueText(cell.value, format)}, ${cell.over}` : `${pair}: no run`;
  });
  const fits = (text: string) => widestText([text]) + 6 <= column;
  const bottom = TOP + yNames.length * ROW;
  return (
    <>
      <div className={styles.plot} ref={ref}>
        <svg
          data-part="drawing"
          viewBox={`0 0 ${width} ${height}`}
          width="100%"
          // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing
          role="img"
          aria-labelledby={titleId}
          onPointerLeave={() => setPointed(null)}
        >
          <title id={titleId}>{visibleText(`${title}. ${words.slice(0, 24).join('; ')}.`)}</title>
          <text x={0} y={10} className={styles.axisName}>
            {yTitle}
          </text>
          {yNames.map((label, y) => (
            <text
              key={label}
              x={left - LABEL_GAP}
              y={bottom - (y + 0.5) * ROW}
              textAnchor="end"
              dominantBaseline="central"
              className={styles.row}
            >
              {visibleText(label)}
            </text>
          ))}
          {grid.map(({ x, y }, place) => {
            const cell = byPair.get(`${x} ${y}`);
            const share = cell ? goodness(cell.value) : Number.NaN;
            const isBest = share === 1;
            const text = cell ? valueText(cell.value, format) : '';
            const box = { x: left + x * column + 1, y: bottom - (y + 1) * ROW + 1, width: column - 2, height: ROW - 2 };
            return (
              <g key={`${x} ${y}`} className={styles.cell} onPointerEnter={() => setPointed(place)}>
                <rect
                  {...box}
                  rx={3}
                  fill={Number.isNaN(share) ? 'transparent' : rampColour(share, 'cell')}
                  stroke={cell ? 'none' : 'var(--chart-grid)'}
                />
                {fits(text) && (
                  <text
                    x={left + (x + 0.5) * column}
                    y={bottom - (y + 0.5) * ROW}
                    textAnchor="middle"
                    dominantBaseline="central"
                    fontWeight={isBest ? 700 : 400}
                  >
                    {text}
                  </text>
                )}
                {isBest && <path d={diamond(box.x + 8, box.y + 8)} fill="var(--cell-text)" />}
                {pointed === place && <rect {...box} rx={3} className={styles.cellRing} />}
              </g>
            );
          })}
          {xNames.map(
            (label, x) =>
              (fits(label) || x % 2 === 0) && (
                <text
                  key={label}
                  x={left + (x + 0.5) * column}
                  y={bottom + 15}
                  textAnchor="middle"
                  className={styles.row}
                >
                  {visibleText(label)}
                </text>
              ),
          )}
          <text x={width} y={bottom + 32} textAnchor="end" className={styles.axisName}>
            {xTitle}
          </text>
        </svg>
        <PointKeys title={title} points={words} at={pointed} onMove={setPointed} columns={xNames.length} />
      </div>
      <PointReading text={pointed === null ? null : (words[pointed] ?? '')} />
    </>
  );
}

const MARK = 4;

function diamond(x: number, y: number): string {
  return `M${x} ${y - MARK}l${MARK} ${MARK}l${-MARK} ${MARK}l${-MARK} ${-MARK}Z`;
}
