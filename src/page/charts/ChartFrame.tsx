/** The frame of every chart: title and unit, a download menu, and its numbers as text. */
import { lazy, Suspense, type ReactNode } from 'react';
import { lazyImport } from '../ui/lazyImport.ts';
import styles from './ChartFrame.module.css';

const SaveMenu = lazy(async () => ({
  default: (await lazyImport(() => import('./SaveMenu.tsx'))).SaveMenu,
}));

interface ChartFrameProps {
  /** Stable name, for scripts that look for the chart, and of its files. Its parts have one in `data-part`. */
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
  /** Shown while nothing is drawn yet: what will appear, and when. */
  readonly empty: string;
}

export function ChartFrame({ name, title, unit, explain, height, drawn, ready, empty }: ChartFrameProps) {
  const drawing = drawn?.drawing ?? ready;
  return (
    <figure className={styles.chart} data-chart={name}>
      <figcaption className={styles.caption}>
        <span className={styles.words}>
          <span className={styles.title} data-part="title">
            {title}
          </span>
          <span className={styles.explained}>
            <span className={styles.unit} data-part="unit">
              {unit}
            </span>
            {explain}
          </span>
        </span>
        {drawn && (
          <Suspense>
            <SaveMenu name={name} title={title} rows={drawn.csv} />
          </Suspense>
        )}
      </figcaption>
      <div className={styles.area} style={{ minHeight: height }}>
        {drawing && (
          <div className={styles.stage} data-waiting={!drawn || undefined} inert={!drawn}>
            <Suspense fallback={null}>{drawing}</Suspense>
          </div>
        )}
        {!drawn && (
          <p className={styles.empty} style={{ height }}>
            {empty}
          </p>
        )}
      </div>
      {drawn?.note && (
        <p className={styles.note} data-part="note">
          {drawn.note}
        </p>
      )}
      {drawn?.numbers}
    </figure>
  );
}
