/** A run in the list: whether it is shown, what it reached, what sets it apart. */
import { ActionIcon } from '@mantine/core';
import { IconDots, IconPin, IconPinFilled } from '@tabler/icons-react';
import { clsx } from 'clsx';
import { memo } from 'react';
import { formatPercent, formatPerplexity, RUN_STATE_TITLES } from '#core/format.ts';
import { noBestEpochReason } from '#core/runs/findings.ts';
import { hasWeights } from '#core/runs/run.ts';
import { visibleText } from '#core/visibleText.ts';
import { pinBaseline } from '../client/selection.ts';
import { UntrustedText } from '../ui/UntrustedText.tsx';
import type { RunItem } from './list.ts';
import shared from '../ui/shared.module.css';
import styles from './RunsPanel.module.css';

interface RunRowProps {
  readonly item: RunItem;
  readonly colour: string;
  readonly shown: boolean;
  readonly pinned: boolean;
  readonly onToggle: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onPoint: (id: string | null) => void;
}

export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { item, colour, shown, pinned, onToggle, onOpen, onPoint } = props;
  const { run, name, difference, notes, tags, best } = item;
  const said = visibleText(name);
  const state = run.state === 'done' ? '' : RUN_STATE_TITLES[run.state];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- nothing is done by pointing: it fades other curves
    <li
      className={styles.row}
      data-shown={shown || undefined}
      onPointerEnter={() => onPoint(run.id)}
      onFocus={() => onPoint(run.id)}
      onBlur={() => onPoint(null)}
    >
      <label>
        <input type="checkbox" checked={shown} onChange={() => onToggle(run.id)} />
        <span className={clsx(shared.swatch, styles.swatch)} style={{ background: colour }} aria-hidden />
        <span className={styles.text}>
          <span className={styles.name}>
            <UntrustedText text={name} />
          </span>
          <span className={clsx(styles.figures, shared.figure)}>
            {best
              ? `perplexity ${formatPerplexity(best.perplexity)}, top-5 ${formatPercent(best.top5)}`
              : run.epochs.length === 0 && hasWeights(run)
                ? 'weights only'
                : run.epochs.length === 0
                  ? 'no epoch yet'
                  : noBestEpochReason(run)}
            {state && `, ${state}`}
          </span>
          {difference && (
            <span className={styles.difference}>
              <UntrustedText text={difference} />
            </span>
          )}
          {tags.length > 0 && (
            <span className={styles.tags}>
              <span className={shared.visuallyHidden}>tags: </span>
              {tags.map((tag) => (
                <span key={tag} className={styles.tag}>
                  <UntrustedText text={tag} />
                </span>
              ))}
            </span>
          )}
          {notes && (
            <span className={styles.notes}>
              <UntrustedText text={notes} />
            </span>
          )}
        </span>
      </label>
      <ActionIcon
        variant="subtle"
        color={pinned ? 'iris' : 'gray'}
        size={26}
        aria-label={pinned ? `Unpin ${said} as the baseline` : `Pin ${said} as the baseline`}
        aria-pressed={pinned}
        onClick={() => pinBaseline(pinned ? null : run.id)}
      >
        {pinned ? <IconPinFilled size={15} aria-hidden /> : <IconPin size={15} aria-hidden />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label={`Name, notes and more for ${said}`}
        onClick={() => onOpen(run.id)}
      >
        <IconDots size={15} aria-hidden />
      </ActionIcon>
    </li>
  );
});
