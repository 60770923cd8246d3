/** What the settings come to, before anything is trained. */
import type { StoredDataset } from '../../../workers/protocol.ts';
import type { TrainingConfig } from '../../core/config.ts';
import { formatCount } from '../../core/format.ts';
import { stepsAnEpoch } from './plan.ts';

interface FactsProps {
  /** Null while a number is out of bounds. */
  readonly config: TrainingConfig | null;
  readonly dataset: StoredDataset | undefined;
}

export function Facts({ config, dataset }: FactsProps) {
  if (!config || !dataset) return null;
  return (
    <dl className="facts">
      <div>
        <dt>Steps an epoch</dt>
        <dd className="figure">{formatCount(stepsAnEpoch(config, dataset))}</dd>
      </div>
    </dl>
  );
}
