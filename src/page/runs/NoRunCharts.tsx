/** The charts of runs before there is one: what will appear, and when. The charts themselves are loaded with the first run. */
import { ChartFrame } from '../charts/ChartFrame.tsx';
import { unitOn } from '../charts/unit.ts';
import { useChartView } from '../charts/view.ts';
import { EPOCH_HEIGHT, EPOCH_TEXTS, STEP_HEIGHT, STEP_TEXTS } from './chartTexts.tsx';
import styles from './RunCharts.module.css';

export function NoRunCharts() {
  const { lossScale, perplexityScale } = useChartView();
  const scales = { rate: 'linear', loss: lossScale, perplexity: perplexityScale } as const;
  const { loss, gradientNorm } = STEP_TEXTS;
  return (
    <div className={styles.charts}>
      <div className={styles.grid}>
        {EPOCH_TEXTS.map(({ measure, scale, text }) => (
          <ChartFrame
            key={measure}
            {...text}
            unit={unitOn(text.unit, scales[scale])}
            height={EPOCH_HEIGHT}
            drawn={null}
          />
        ))}
        <ChartFrame {...loss} unit={unitOn(loss.unit, lossScale)} height={STEP_HEIGHT} drawn={null} />
        <ChartFrame {...gradientNorm} unit={unitOn(gradientNorm.unit, 'log')} height={STEP_HEIGHT} drawn={null} />
      </div>
    </div>
  );
}
