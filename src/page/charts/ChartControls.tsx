/** Options of the charts: x axis, smoothing, scales and extra lines. */
import { Popover, SegmentedControl, Slider, Switch, Button } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { MAX_SMOOTHING } from './smoothing.ts';
import { useChartView } from './view.ts';
import { X_KIND, X_KINDS } from './xKinds.ts';
import styles from './ChartControls.module.css';

const SCALES = [
  { value: 'linear', label: 'linear' },
  { value: 'log', label: 'log' },
];

/** @param children further controls of the page */
export function ChartControls({ children }: { readonly children?: ReactNode }) {
  const view = useChartView();
  return (
    <div className={styles.controls}>
      <div className={styles.control}>
        <span id="over-label">Over</span>
        <SegmentedControl
          size="xs"
          aria-labelledby="over-label"
          data={X_KINDS.map((value) => ({ value, label: X_KIND[value].title }))}
          value={view.x}
          onChange={(value) => {
            const x = X_KINDS.find((one) => one === value);
            if (x) useChartView.setState({ x });
          }}
        />
      </div>
      <div className={clsx(styles.control, styles.smoothing)}>
        <span>Smoothing</span>
        <Slider
          size="sm"
          thumbLabel="Smoothing of the curves per step"
          min={0}
          max={MAX_SMOOTHING}
          step={0.01}
          value={view.smoothing}
          label={(value) => (value === 0 ? 'off' : value.toFixed(2))}
          onChange={(smoothing) => useChartView.setState({ smoothing })}
        />
      </div>
      <Popover position="bottom-end" withArrow width={280}>
        <Popover.Target>
          <Button size="xs" variant="default" leftSection={<IconAdjustmentsHorizontal size={14} aria-hidden />}>
            Axes and lines
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <div className={styles.settings}>
            <ScaleControl
              title="Loss axis"
              value={view.lossScale}
              onChange={(lossScale) => useChartView.setState({ lossScale })}
            />
            <ScaleControl
              title="Perplexity axis"
              value={view.perplexityScale}
              onChange={(perplexityScale) => useChartView.setState({ perplexityScale })}
            />
            <Switch
              size="sm"
              label="Training curves"
              checked={view.train}
              onChange={({ currentTarget }) => useChartView.setState({ train: currentTarget.checked })}
            />
            <Switch
              size="sm"
              label="Baselines: unigram and bigram"
              checked={view.yardsticks}
              onChange={({ currentTarget }) => useChartView.setState({ yardsticks: currentTarget.checked })}
            />
            {children}
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

interface ScaleControlProps {
  readonly title: string;
  readonly value: 'linear' | 'log';
  readonly onChange: (scale: 'linear' | 'log') => void;
}

function ScaleControl({ title, value, onChange }: ScaleControlProps) {
  return (
    <div className={clsx(styles.control, styles.wide)}>
      <span>{title}</span>
      <SegmentedControl
        size="xs"
        aria-label={title}
        data={SCALES}
        value={value}
        onChange={(chosen) => onChange(chosen === 'log' ? 'log' : 'linear')}
      />
    </div>
  );
}
