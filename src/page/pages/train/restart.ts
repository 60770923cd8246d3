/** Whether the settings differ from the current training, and restarting with them. */
import { restartTraining } from '../../client/actions.ts';
import { useActivity, useQueue, useRuns } from '../../client/stores.ts';
import { combinationCount } from '#core/experiments/pending.ts';
import { runnable, startRunnable } from './begin.ts';
import { useFormExperiment } from './formExperiment.ts';
import { checkForm, useChosenDataset, useTrainForm } from './form.ts';
import { chosenModels } from './plan.ts';

/** Null while nothing trains. */
export function useChanged(): boolean | null {
  const form = useTrainForm();
  const activity = useActivity((state) => state.activity);
  const { chosen } = useChosenDataset();
  const run = useRuns(({ runs }) =>
    activity.state === 'idle' || activity.current === null ? undefined : runs[activity.current],
  );
  const experiment = useFormExperiment();
  const training = useQueue(({ experiments }) =>
    activity.state === 'idle' ? undefined : experiments.find(({ id }) => id === activity.experiment),
  );
  if (activity.state === 'idle' || !run) return null;
  if (experiment.state === 'experiment' || (training && combinationCount(training) > 1)) {
    return experiment.state !== 'experiment' || JSON.stringify(experiment.plan) !== JSON.stringify(training?.plan);
  }
  const { config } = checkForm(form, chosen?.stored);
  const models = chosenModels(form.kinds, form.variants);
  const device = form.device === 'auto' ? run.device.kind : form.device;
  return (
    config === null ||
    JSON.stringify(sorted(config)) !== JSON.stringify(sorted(run.config)) ||
    models.toSorted().join() !== activity.models.toSorted().join() ||
    device !== run.device.kind ||
    chosen?.id !== run.dataset.id
  );
}

const sorted = (config: object) => Object.entries(config).toSorted(([a], [b]) => (a < b ? -1 : 1));

export async function restartNow(): Promise<void> {
  const ready = runnable({ whileTraining: true });
  if (!ready) return;
  useTrainForm.setState({ starting: true });
  try {
    await restartTraining(() => startRunnable(ready));
  } finally {
    useTrainForm.setState({ starting: false });
  }
}
