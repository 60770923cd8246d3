/** The click on Train, also from the key: reads the form, downloads what is missing, starts. */
import { startTraining } from '../../lab/actions.ts';
import { useActivity, useConnection, useDatasets, useRuns } from '../../lab/stores.ts';
import { checkForm, chosenDataset, datasetChoices, useTrainForm } from './form.ts';
import { chosenModels, hasBaseline, whyNot } from './plan.ts';
import { threadsByDefault } from './threads.ts';

export async function trainNow(): Promise<void> {
  const form = useTrainForm.getState();
  const dataset = chosenDataset(datasetChoices(useDatasets.getState()), form.datasetId);
  const checked = checkForm(form, dataset?.stored);
  const models = chosenModels(form.kinds, form.residual);
  const hindrance = whyNot({
    connection: useConnection.getState().state,
    busy: form.starting || useActivity.getState().activity.state !== 'idle',
    hasDataset: dataset !== undefined,
    models,
    valid: checked.config !== null,
    hasBaseline: hasBaseline(Object.values(useRuns.getState().runs), dataset?.stored, checked.config),
  });
  if (hindrance !== null || !dataset || !checked.config) return;
  useTrainForm.setState({ starting: true });
  try {
    const { config } = checked;
    await startTraining(dataset.id, (stored) => ({
      datasetId: dataset.id,
      models,
      // What was not stored had no counts yet, on which the batch of a preset depends.
      config: checkForm(form, stored).config ?? config,
      device: form.device,
      threads: form.threads ?? threadsByDefault(),
    }));
  } finally {
    useTrainForm.setState({ starting: false });
  }
}
