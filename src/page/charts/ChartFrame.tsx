/** What every chart has around its drawing: title and unit, a way to take it away, and its numbers. */
import './charts.css';
import { Suspense, type ReactNode } from 'react';
import { SaveMenu } from './SaveMenu.tsx';

interface ChartFrameProps {
  /** Stable name, for scripts that look for the chart, and of its files. */
  readonly name: string;
  readonly title: string;
  /** What the y axis counts. */
  readonly unit: string;
  /** A word explained beside the title. */
  readonly explain?: ReactNode;
  readonly height: number;
  /** Null while there is nothing to draw. */
  readonly drawn: {
    /** May be loaded late; it says in words what it shows. */
    readonly drawing: ReactNode;
    /** The numbers as a table, folded away beneath the drawing. */
    readonly numbers: ReactNode;
    /** All numbers, as rows of cells, the head first. */
    readonly csv: () => readonly (readonly string[])[];
    /** What a reader of the drawing must know. */
    readonly note?: string | null;
  } | null;
  /**
   * A drawing of nothing that is made ready out of sight while something to draw is expected: to begin with, it takes a long
   * task of the main thread.
   */
  readonly ready?: ReactNode;
  /** Stands where nothing is drawn yet: what will appear, and when. */
  readonly empty: string;
}

export function ChartFrame({ name, title, unit, explain, height, drawn, ready, empty }: ChartFrameProps) {
  const drawing = drawn?.drawing ?? ready;
  return (
    <figure className="chart" data-chart={name}>
      <figcaption className="chart-caption">
        <span className="chart-title">{title}</span>
        <span className="chart-unit">{unit}</span>
        {explain}
        {drawn && <SaveMenu name={name} title={title} rows={drawn.csv} />}
      </figcaption>
      <div className="chart-area" style={{ minHeight: height }}>
        {drawing && (
          <div className="chart-stage" data-waiting={!drawn || undefined} inert={!drawn}>
            <Suspense fallback={null}>{drawing}</Suspense>
          </div>
        )}
        {!drawn && (
          <p className="chart-empty" style={{ height }}>
            {empty}
          </p>
        )}
      </div>
      {drawn?.note && <p className="chart-note">{drawn.note}</p>}
      {drawn?.numbers}
    </figure>
  );
}
