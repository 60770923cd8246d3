/** How long files are, and what a vocabulary of another size would miss. */
import { Text, Title } from '@mantine/core';
import type { ChartRule } from '../../charts/ChartRules.tsx';
import { CurveChart } from '../../charts/CurveChart.tsx';
import { Histogram } from '../../charts/Histogram.tsx';
import { percentTicks } from '../../charts/ticks.ts';
import type { DatasetStats, Manifest } from '#core/data/manifest.ts';
import { formatCount, formatPercent } from '#core/format.ts';
import { Term } from '../../glossary/Term.tsx';
import { describeCoverage, describeLengths, lostOfAll } from './facts.ts';
import shared from '../../ui/shared.module.css';
import styles from './DatasetCharts.module.css';

/** The task's own, marked also where a data set has another. */
const TASK_VOCABULARY = 10_000;

export function DatasetCharts({ manifest }: { readonly manifest: Manifest }) {
  const { figures } = manifest;
  return (
    <section className={shared.sheet} aria-labelledby="charts-title">
      <Title order={2} id="charts-title" mb="sm">
        Lengths and vocabulary
      </Title>
      {figures ? (
        <div className={styles.charts}>
          <Lengths manifest={manifest} figures={figures} />
          <Coverage manifest={manifest} figures={figures} />
        </div>
      ) : (
        <Text size="sm">
          An older version of the lab made this data set and did not count lengths, coverage, unknown tokens and
          duplicates. Prepare it again to see them here. Training does not need them.
        </Text>
      )}
    </section>
  );
}

interface PartProps {
  readonly manifest: Manifest;
  readonly figures: DatasetStats;
}

function Lengths({ manifest, figures: { lengths } }: PartProps) {
  const { length, whole } = manifest;
  const shortest = Math.max(
    0,
    lengths.findIndex(({ files }) => files > 0),
  );
  return (
    <div>
      <Histogram
        name="lengths"
        title="Length of files"
        unit="files, by number of tokens"
        explain={<Term of="cut" />}
        bars={lengths.slice(shortest).map(({ from, to, files }) => ({ from, to, count: files }))}
        counted="files"
        xName="tokens"
        mark={{ x: length, label: whole ? `a row: ${formatCount(length)}` : `cut at ${formatCount(length)}` }}
        description={describeLengths(lengths, length)}
        empty="There are no files."
      />
      <Text size="sm" mt="xs">
        {whole
          ? 'No token is lost: long files continue in further rows.'
          : `The cut removes ${formatPercent(lostOfAll(manifest))} of all tokens.`}
      </Text>
    </div>
  );
}

function Coverage({ manifest, figures: { coverage } }: PartProps) {
  const { validation } = manifest.splits;
  const own = {
    vocabulary: manifest.vocabulary.tokens.length,
    unknown: validation.keptTokens > 0 ? validation.unknownTokens / validation.keptTokens : 0,
  };
  return (
    <div>
      <CurveChart
        name="coverage"
        title="Unknown tokens"
        unit="% of validation"
        explain={<Term of="unk" />}
        points={coverage.map(({ vocabulary, unknown }) => ({ x: vocabulary, y: unknown }))}
        rules={coverageRules(coverage, own)}
        xName="tokens in the vocabulary"
        yName="unknown"
        format={(y) => formatPercent(y)}
        formatTicks={percentTicks}
        subject={manifest.sha256}
        description={describeCoverage(coverage, own)}
        empty="There is no validation split to count unknown tokens in."
      />
      <Text size="sm" mt="xs">
        With {formatCount(own.vocabulary)} tokens, {formatPercent(own.unknown)} of validation tokens are unknown. No
        model can complete those.
      </Text>
    </div>
  );
}

/** The data set's own size, and the task's where the curve reaches it. */
function coverageRules(
  coverage: DatasetStats['coverage'],
  own: { readonly vocabulary: number; readonly unknown: number },
): readonly ChartRule[] {
  const rule = (x: number, y: number): ChartRule => ({ x, label: `${formatCount(x)}: ${formatPercent(y)}`, ring: y });
  const task = coverage.find(({ vocabulary }) => vocabulary === TASK_VOCABULARY);
  const rules = [rule(own.vocabulary, own.unknown)];
  if (task && own.vocabulary !== TASK_VOCABULARY) rules.push(rule(task.vocabulary, task.unknown));
  return rules;
}
