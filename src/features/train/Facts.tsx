/** What the settings come to, before anything is trained. */
import type { StoredDataset } from '../../../workers/protocol.ts';
import type { TrainingConfig } from '../../core/config.ts';
import { formatBytes, formatCount } from '../../core/format.ts';
import { useTrainForm } from './form.ts';
import { BYTES_A_PARAMETER, chosenModels, modelSizes, stepsAnEpoch } from './plan.ts';

interface FactsProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly dataset: StoredDataset | undefined;
}

export function Facts({ config, dataset }: FactsProps) {
  const { kinds, residual } = useTrainForm();
  if (!config) return null;
  const sizes = [...modelSizes(chosenModels(kinds, residual), config, dataset).values()].flat();
  const largest = Math.max(0, ...sizes.map(({ parameters }) => parameters));
  return (
    <dl className="facts">
      {dataset && (
        <div>
          <dt>Steps an epoch</dt>
          <dd className="figure">{formatCount(stepsAnEpoch(config, dataset))}</dd>
        </div>
      )}
      {largest > 0 && (
        <div title="Weights, gradients and Adam’s two moments of the largest model; one model trains at a time.">
          <dt>Memory for weights, at most</dt>
          <dd className="figure">{formatBytes(largest * BYTES_A_PARAMETER)}</dd>
        </div>
      )}
    </dl>
  );
}
