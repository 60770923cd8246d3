/** What every chart has around its drawing: title and unit, a text for those who do not see it, and its numbers. */
import './charts.css';
import { Suspense, type ReactNode } from 'react';

interface ChartFrameProps {
  /** Stable name, for scripts that look for the chart. */
  readonly name: string;
  readonly title: string;
  /** What the y axis counts. */
  readonly unit: string;
  /** A word explained beside the title. */
  readonly explain?: ReactNode;
  readonly height: number;
  /** Null while there is nothing to draw. */
  readonly drawn: {
    /** The chart in words. */
    readonly description: string;
    /** May be loaded late. */
    readonly drawing: ReactNode;
    /** The numbers as a table, folded away beneath the drawing. */
    readonly numbers: ReactNode;
  } | null;
  /** Stands where nothing is drawn yet: what will appear, and when. */
  readonly empty: string;
}

export function ChartFrame({ name, title, unit, explain, height, drawn, empty }: ChartFrameProps) {
  return (
    <figure className="chart" data-chart={name}>
      <figcaption className="chart-caption">
        <span className="chart-title">{title}</span>
        <span className="chart-unit">{unit}</span>
        {explain}
      </figcaption>
      {drawn ? (
        <>
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an img element cannot hold the drawing */}
          <div role="img" aria-label={drawn.description} style={{ height }}>
            <Suspense fallback={null}>{drawn.drawing}</Suspense>
          </div>
          {drawn.numbers}
        </>
      ) : (
        <p className="chart-empty" style={{ height }}>
          {empty}
        </p>
      )}
    </figure>
  );
}
