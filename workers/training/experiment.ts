/**
 * The models of one click, one after the other on one device: baselines first, so that a residual run can take the
 * better of them. Each is a run of its own, kept as it goes.
 */
import { isVariant, type ModelChoice, type ModelName, type Variant } from '#core/models/registry.ts';
import { nameFlags } from '#core/cache/rowTexts.ts';
import { modelSpec, parameterCount } from '#core/models/spec.ts';
import type { Manifest } from '#core/data/manifest.ts';
import { failureOf } from '#core/failure.ts';
import { RUN_SCHEMA, type DeviceRecord, type RunRecord, type NgramBaseline } from '#core/runs/run.ts';
import { ignoredIds } from '#core/data/vocabulary.ts';
import type { Device } from '#engine/devices/device.ts';
import type { StartRequest, TrainingProgress } from '#core/runs/training.ts';
import type { Control } from './control.ts';
import type { TrainingData } from './data.ts';
import { choicesLeft, variantOfBetter } from './choice.ts';
import type { RunParts, Resumption, TrainingJob } from './job.ts';
import { trainModel } from './trainer.ts';

export interface Experiment {
  readonly id: string;
  readonly request: StartRequest;
  readonly manifest: Manifest;
  readonly data: TrainingData;
  readonly yardsticks: readonly NgramBaseline[];
  readonly device: Device;
  readonly control: Control;
  /** Finished runs of earlier experiments, where a baseline may be found. */
  readonly earlier: readonly RunRecord[];
  readonly onRun: (run: RunRecord) => void;
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly onTrouble: TrainingJob['onTrouble'];
  readonly breakdownOf: TrainingJob['breakdownOf'];
  /** A run that was broken off, to go on with; the models after it follow. */
  readonly resumed?: Resumed | undefined;
  readonly store: (run: RunRecord, parts?: RunParts) => Promise<void>;
  /** The number of the next run. */
  readonly nextNumber: () => Promise<number>;
}

export interface Resumed {
  readonly run: RunRecord;
  /** Undefined where it begins anew, since nothing of it was saved. */
  readonly resumption: Resumption | undefined;
}

/** Runs every model asked for; a failed one is recorded as such, and ends the experiment. */
export async function runExperiment(experiment: Experiment): Promise<void> {
  const { request, control, device, store } = experiment;
  if (device.control) control.attach(device.control);
  const finished: RunRecord[] = [];
  const { resumed } = experiment;
  const choices = choicesLeft(request.models, resumed?.run.model);
  const newRunOf = async (choice: ModelChoice) => {
    const model = isVariant(choice) ? variantFor(choice, experiment, finished) : choice;
    return newRun(experiment, model, await experiment.nextNumber());
  };
  let waiting: RunRecord | undefined;
  for (const [index, choice] of choices.entries()) {
    if (control.stopped && !waiting) return;
    const continued = index === 0 ? resumed : undefined;
    const following = choices[index + 1];
    let run = continued ? { ...continued.run, device: recordOf(device) } : (waiting ?? (await newRunOf(choice)));
    const storeAndReport = async (changed: RunRecord, parts?: RunParts) => {
      run = changed;
      if (changed.state === 'done') finished.push(changed);
      waiting = changed.state === 'done' && following ? await newRunOf(following) : undefined;
      await store(changed, { ...parts, next: waiting });
      experiment.onRun(changed);
    };
    await storeAndReport(run);
    try {
      const { data, onProgress, onTrouble, breakdownOf } = experiment;
      const ignored = ignoredIds(experiment.manifest.vocabulary.tokens);
      const names = nameFlags(experiment.manifest.vocabulary.tokens);
      const resumption = continued?.resumption;
      const job = {
        run,
        resumption,
        data,
        ignored,
        names,
        device,
        control,
        onProgress,
        onTrouble,
        breakdownOf,
        store: storeAndReport,
      };
      await trainModel(job);
    } catch (error) {
      const { kind, what, remedy } = failureOf(error);
      try {
        await storeAndReport({ ...run, state: 'failed', failure: { kind, what, remedy } });
      } catch {
        // Nothing can be stored, most likely for the same reason: so it will be found when the lab is next opened.
        experiment.onRun({ ...run, state: 'interrupted', failure: null });
      }
      throw error;
    }
  }
}

function variantFor(
  variant: Variant,
  { id, earlier, manifest, request }: Experiment,
  finished: readonly RunRecord[],
): ModelName {
  const wanted = { experiment: id, sha256: manifest.sha256, config: request.config };
  return variantOfBetter(variant, [...earlier, ...finished], wanted);
}

function newRun(
  { id, request, manifest, data, device, yardsticks }: Experiment,
  model: ModelName,
  number: number,
): RunRecord {
  return {
    schema: RUN_SCHEMA,
    id: `${id}-${model}`,
    number,
    experiment: id,
    models: [...request.models],
    model,
    parameters: parameterCount(modelSpec(model, request.config, data.cut.vocabulary)),
    dataset: { id: manifest.id, sha256: manifest.sha256 },
    device: recordOf(device),
    config: request.config,
    state: 'waiting',
    createdAt: Date.now(),
    epochs: [],
    bestEpoch: null,
    ended: null,
    test: null,
    yardsticks: [...yardsticks],
    failure: null,
  };
}

/** As the record has it; of a run that went on elsewhere, where it did last. */
function recordOf(device: Device): DeviceRecord {
  const { kind, name } = device;
  return { kind, name, ...(device.kind === 'cpu' ? { threads: device.threads } : {}) };
}
