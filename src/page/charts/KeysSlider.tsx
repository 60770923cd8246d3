/** A chart's place in the order of Tab: a slider over its points, which says the chosen one. */
import type { KeyboardEvent } from 'react';
import styles from './drawing.module.css';

interface KeysSliderProps {
  readonly title: string;
  readonly points: number;
  /** Place of the chosen point; null for none. */
  readonly at: number | null;
  /** The chosen point in words. */
  readonly said: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Called when the chart with a chosen point is left. */
  readonly onLeave: () => void;
}

export function KeysSlider({ title, points, at, said, onKeyDown, onLeave }: KeysSliderProps) {
  return (
    <div
      className={styles.keys}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- its points lie unevenly, which no range input can have
      role="slider"
      tabIndex={0}
      aria-label={`Point in ${title}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, points - 1)}
      aria-valuenow={at ?? 0}
      aria-valuetext={said}
      onKeyDown={onKeyDown}
      onBlur={() => at !== null && onLeave()}
    />
  );
}
