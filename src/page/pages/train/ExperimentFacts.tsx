/** The cost of several configurations, before anything is trained: runs, time and storage. */
import { experimentBytes, experimentSeconds } from '#core/experiments/forecast.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { formatBytes, formatCount, formatTimeLeft } from '#core/format.ts';
import { useDatasets } from '../../client/stores.ts';
import type { Estimate } from './estimate.ts';
import type { FormExperiment } from './formExperiment.ts';
import shared from '../../ui/shared.module.css';

interface ExperimentFactsProps {
  readonly experiment: FormExperiment;
  readonly dataset: StoredDataset | undefined;
  readonly estimate: Estimate;
}

export function ExperimentFacts({ experiment, dataset, estimate }: ExperimentFactsProps) {
  const storage = useDatasets((state) => state.storage);
  const { config, items, combinations } = experiment;
  const bytes = experimentBytes(experiment, dataset?.manifest.vocabulary.tokens.length ?? config.vocabulary);
  const free = storage?.quotaBytes && storage.usedBytes !== null ? storage.quotaBytes - storage.usedBytes : null;
  return (
    <>
      {estimate.state === 'known' && dataset && (
        <div>
          <dt>At most, for all runs</dt>
          <dd className={shared.figure}>{formatTimeLeft(secondsOf(experiment, dataset, estimate))}</dd>
        </div>
      )}
      <div>
        <dt>Configurations</dt>
        <dd className={shared.figure}>{formatCount(combinations)}</dd>
      </div>
      <div>
        <dt>Runs</dt>
        <dd className={shared.figure}>{formatCount(items.length)}</dd>
      </div>
      <div>
        <dt>Storage</dt>
        <dd className={shared.figure}>
          {formatBytes(bytes)}
          {free !== null && bytes > free && `, but ${formatBytes(Math.max(0, free))} are free`}
        </dd>
      </div>
    </>
  );
}

function secondsOf(
  experiment: FormExperiment,
  { manifest }: StoredDataset,
  { models }: Extract<Estimate, { readonly state: 'known' }>,
): number {
  const perEpoch = new Map(models.map(({ choice, epochSeconds }) => [choice, epochSeconds]));
  const { splits, length, vocabulary } = manifest;
  return experimentSeconds(experiment, perEpoch, {
    rows: splits.train.rows,
    length,
    vocabulary: vocabulary.tokens.length,
  });
}
