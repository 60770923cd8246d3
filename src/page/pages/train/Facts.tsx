/** What follows from the settings, before anything is trained. */
import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { useState } from 'react';
import { modelTitle } from '#core/models/registry.ts';
import type { EstimatedModel } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { ADAM, rowsAStep, type TrainingConfig } from '#core/settings/config.ts';
import { keepsState, OPTIMIZERS, type OptimizerName } from '#core/optimization/optimizers.ts';
import { formatBytes, formatCount, formatCounted, formatTimeLeft } from '#core/format.ts';
import { attempt } from '../../ui/failures.ts';
import { experimentBytes, experimentSeconds } from '#core/experiments/forecast.ts';
import { useDatasets } from '../../client/stores.ts';
import { useEstimate } from './estimate.ts';
import { useFormExperiment, type ExperimentCheck, type FormExperiment } from './experiment.ts';
import { stepsAnEpochOf } from './plan.ts';
import { linkToForm } from './useLink.ts';
import shared from '../../ui/shared.module.css';
import styles from './Facts.module.css';

interface FactsProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly dataset: StoredDataset | undefined;
}

export function Facts({ config, dataset }: FactsProps) {
  const experiment = useFormExperiment();
  if (!config) return null;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Optimizer</dt>
        <dd title={constantsOf(config.optimizer)}>{OPTIMIZERS[config.optimizer].title}, as in PyTorch</dd>
      </div>
      {config.accumulate > 1 && (
        <div>
          <dt>Effective batch</dt>
          <dd className={shared.figure}>{formatCounted(rowsAStep(config), 'file')}</dd>
        </div>
      )}
      {dataset && (
        <div>
          <dt>Steps per epoch</dt>
          <dd className={shared.figure}>{formatCount(stepsAnEpochOf(config, dataset))}</dd>
        </div>
      )}
      <ExpectedTime config={config} dataset={dataset} experiment={experiment} />
      {experiment.state === 'experiment' && <Size experiment={experiment} dataset={dataset} />}
      <div>
        <dt>Share link</dt>
        <dd>
          <CopyLink />
        </dd>
      </div>
    </dl>
  );
}

function constantsOf(optimizer: OptimizerName): string | undefined {
  if (!keepsState(optimizer, 'second')) return undefined;
  return `PyTorch’s constants: betas ${ADAM.beta1} and ${ADAM.beta2}, epsilon ${ADAM.epsilon}`;
}

/** How much is trained and stored. */
function Size({ experiment, dataset }: { readonly experiment: FormExperiment } & Pick<FactsProps, 'dataset'>) {
  const storage = useDatasets((state) => state.storage);
  const { config, items, combinations } = experiment;
  const bytes = experimentBytes(experiment, dataset?.manifest.vocabulary.tokens.length ?? config.vocabulary);
  const free = storage?.quotaBytes && storage.usedBytes !== null ? storage.quotaBytes - storage.usedBytes : null;
  return (
    <>
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
          {free !== null && bytes > free && ` of ${formatBytes(Math.max(0, free))} that are free`}
        </dd>
      </div>
    </>
  );
}

function ExpectedTime({
  config,
  dataset,
  experiment,
}: { readonly config: TrainingConfig; readonly experiment: ExperimentCheck } & Pick<FactsProps, 'dataset'>) {
  const estimate = useEstimate(config, dataset);
  if (!dataset) {
    return (
      <div>
        <dt>Time per epoch</dt> <dd>known once the data is loaded</dd>
      </div>
    );
  }
  if (estimate.state === 'none') return null;
  if (estimate.state === 'asking') {
    return (
      <div>
        <dt>Time per epoch</dt>
        <dd>measuring</dd>
      </div>
    );
  }
  const { models } = estimate;
  const perEpoch = new Map(models.map(({ choice, epochSeconds }) => [choice, epochSeconds]));
  const { splits, length, vocabulary } = dataset.manifest;
  const size = { rows: splits.train.rows, length, vocabulary: vocabulary.tokens.length };
  const isExperiment = experiment.state === 'experiment';
  const all = isExperiment
    ? experimentSeconds(experiment, perEpoch, size)
    : models.reduce((sum, { epochSeconds }) => sum + epochSeconds, 0) * config.epochs;
  return (
    <>
      {models.map((model) => (
        <div key={model.choice}>
          <dt>Per epoch, {modelTitle(model.choice)}</dt>
          <dd className={shared.figure} title={sourceOf(model)}>
            {formatTimeLeft(model.epochSeconds)}
          </dd>
        </div>
      ))}
      <div>
        <dt>At most, for {isExperiment ? 'all runs' : formatCounted(config.epochs, 'epoch')}</dt>
        <dd className={shared.figure}>{formatTimeLeft(all)}</dd>
      </div>
    </>
  );
}

function sourceOf({ from }: EstimatedModel): string {
  return from === 'run' ? 'Based on a comparable run on this device' : 'Measured just now with a few training steps';
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconLink size={13} aria-hidden />}
      onClick={() =>
        void attempt(async () => {
          await navigator.clipboard.writeText(linkToForm());
          setCopied(true);
          setTimeout(() => setCopied(false), 2_000);
        })
      }
    >
      {copied ? 'Copied' : 'Copy link'}
    </Button>
  );
}
