/** The point that is pointed at, in words. Its place is kept while there is none, so that nothing jumps. */
import { visibleText } from '#core/visibleText.ts';
import styles from './drawing.module.css';

/** @param text null while no point is pointed at */
export function PointReading({ text }: { readonly text: string | null }) {
  return (
    // the slider over the drawing says it
    <p className={styles.reading} data-part="reading" aria-hidden>
      {text === null ? '' : visibleText(text)}
    </p>
  );
}
