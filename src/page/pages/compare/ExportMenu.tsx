/** Exports a comparison: a report, its measures, the runs. */
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { chartSvg } from '../../charts/picture.ts';
import type { Comparison } from '#core/comparison/comparison.ts';
import type { Pool } from '#core/comparison/pools.ts';
import { writeHtml, writeMarkdown, type Block } from '#core/report/blocks.ts';
import { comparisonReport } from '#core/report/comparisonReport.ts';
import { measuresCsv } from '#core/report/measuresCsv.ts';
import { measuresJson } from '#core/report/measuresJson.ts';
import { hasWeights, type RunRecord } from '#core/runs/run.ts';
import { attempt } from '../../ui/failures.ts';
import { saveRun, saveWeights } from '../../client/runActions.ts';
import { saveFile } from '../../ui/saveFile.ts';
import styles from './ComparePage.module.css';

interface ExportMenuProps {
  readonly runs: readonly RunRecord[];
  readonly comparison: Comparison | null;
  readonly titleOf: (pool: Pool) => string;
  readonly nameOf: (run: RunRecord) => string;
  readonly discussion: string;
}

const UNDER_WAY: readonly RunRecord['state'][] = ['training', 'paused', 'waiting'];
const MAX_FILES = 20;

export function ExportMenu({ runs, comparison, titleOf, nameOf, discussion }: ExportMenuProps) {
  const named = (ending: string) => `comparison-${new Date().toISOString().slice(0, 10)}.${ending}`;
  const save = (ending: string, type: string, text: string) => saveFile(named(ending), new Blob([text], { type }));
  const report = (): readonly Block[] => {
    if (!comparison) throw new Error('the comparison is not ready yet');
    return comparisonReport({ comparison, runs, titleOf, nameOf, discussion, figures: drawnFigures(), at: Date.now() });
  };
  const ended = runs.filter(({ state }) => !UNDER_WAY.includes(state));
  const trained = runs.filter(hasWeights);
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Report</Menu.Label>
        <Menu.Item
          disabled={!comparison}
          onClick={() =>
            void attempt(async () =>
              save('html', 'text/html;charset=utf-8', writeHtml('Comparison of models', report())),
            )
          }
        >
          HTML, one file with charts
        </Menu.Item>
        <Menu.Item
          disabled={!comparison}
          onClick={() => void attempt(async () => save('md', 'text/markdown;charset=utf-8', writeMarkdown(report())))}
        >
          Markdown, charts included
        </Menu.Item>
        <Menu.Label>Measures</Menu.Label>
        <Menu.Item onClick={() => save('csv', 'text/csv;charset=utf-8', measuresCsv(runs, nameOf))}>
          CSV, one row per run and epoch
        </Menu.Item>
        <Menu.Item onClick={() => save('json', 'application/json', measuresJson(runs))}>JSON (metrics.json)</Menu.Item>
        <Menu.Label>Shown runs</Menu.Label>
        <Menu.Item
          disabled={trained.length === 0 || trained.length > MAX_FILES}
          onClick={() => void attempt(() => each(trained, (id) => saveWeights(id)))}
        >
          Weights only
        </Menu.Item>
        <Menu.Item
          disabled={ended.length === 0 || ended.length > MAX_FILES}
          onClick={() => void attempt(() => each(ended, (id) => saveRun(id)))}
        >
          Runs with weights
        </Menu.Item>
        <Menu.Item
          disabled={ended.length === 0 || ended.length > MAX_FILES}
          onClick={() => void attempt(() => each(ended, (id) => saveRun(id, false)))}
        >
          Runs without weights
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

async function each(runs: readonly RunRecord[], save: (id: string) => Promise<string>): Promise<void> {
  for (const { id } of runs) await save(id);
}

/** The charts of the page as they are drawn just now. */
function drawnFigures(): { title: string; svg: string }[] {
  return [...document.querySelectorAll(`.${styles.main} [data-chart]`)].flatMap((figure) => {
    const svg = chartSvg(figure);
    const words = [...figure.querySelectorAll('[data-part=title], [data-part=unit]')].map(
      ({ textContent }) => textContent,
    );
    return svg === null ? [] : [{ title: words.join(', '), svg }];
  });
}
