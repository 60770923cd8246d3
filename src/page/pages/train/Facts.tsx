/** What follows from the settings, before anything is trained. */
import { Button } from '@mantine/core';
import { IconCheck, IconLink } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { modelTitle } from '#core/models/registry.ts';
import type { EstimatedModel } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { ADAM, rowsAStep, type TrainingConfig } from '#core/settings/config.ts';
import { keepsState, OPTIMIZERS, type OptimizerName } from '#core/optimization/optimizers.ts';
import { formatCount, formatCounted, formatTimeLeft } from '#core/format.ts';
import { attempt } from '../../ui/failures.ts';
import { lazyImport } from '../../ui/lazyImport.ts';
import { useEstimate, type Estimate } from './estimate.ts';
import { useFormExperiment } from './formExperiment.ts';
import { stepsAnEpochOf } from './plan.ts';
import { linkToForm } from './useLink.ts';
import shared from '../../ui/shared.module.css';
import styles from './Facts.module.css';

const ExperimentFacts = lazy(async () => ({
  default: (await lazyImport(() => import('./ExperimentFacts.tsx'))).ExperimentFacts,
}));

interface FactsProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly dataset: StoredDataset | undefined;
}

export function Facts({ config, dataset }: FactsProps) {
  const experiment = useFormExperiment();
  const estimate = useEstimate(config, dataset);
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
      <ExpectedTime
        config={config}
        dataset={dataset}
        estimate={estimate}
        isExperiment={experiment.state === 'experiment'}
      />
      {experiment.state === 'experiment' && (
        <Suspense>
          <ExperimentFacts experiment={experiment} dataset={dataset} estimate={estimate} />
        </Suspense>
      )}
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

interface ExpectedTimeProps extends Pick<FactsProps, 'dataset'> {
  readonly config: TrainingConfig;
  readonly estimate: Estimate;
  /** Whether the time of all configurations is shown apart. */
  readonly isExperiment: boolean;
}

function ExpectedTime({ config, dataset, estimate, isExperiment }: ExpectedTimeProps) {
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
  const all = models.reduce((sum, { epochSeconds }) => sum + epochSeconds, 0) * config.epochs;
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
      {!isExperiment && (
        <div>
          <dt>At most, for {formatCounted(config.epochs, 'epoch')}</dt>
          <dd className={shared.figure}>{formatTimeLeft(all)}</dd>
        </div>
      )}
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
