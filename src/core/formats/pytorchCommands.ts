/** The commands that train a configuration with PyTorch, outside the browser. */
import type { TrainingConfig } from '../settings/config.ts';
import { SETTING_NAMES } from '../settings/registry.ts';
import { flagOf } from '../settings/words.ts';
import type { ModelChoice } from '../models/registry.ts';

export interface Experiment {
  readonly datasetId: string;
  readonly models: readonly ModelChoice[];
  readonly config: TrainingConfig;
  /** The preset's own numbers on this data set: what is as there is left out. */
  readonly preset: TrainingConfig;
}

export interface Command {
  readonly title: string;
  readonly text: string;
}

/** Folder that the data set unpacks into, and one for what is measured. */
const RESULTS = 'results';
/** Processes per machine in the examples: four GPUs, or four cores. */
const PROCESSES = 4;

/** The commands from installing to training on one process, several, and many; for a shell on Linux, macOS or Windows. */
export function pytorchCommands(experiment: Experiment): readonly Command[] {
  const training = `-m minicopilot.train ${argumentsOf(experiment)}`;
  return [
    { title: 'Install, in a clone of the repository', text: 'pip install -e pytorch' },
    { title: 'One process', text: `python ${training}` },
    {
      title: `One machine: one process per GPU, or per few cores`,
      text: `torchrun --standalone --nproc_per_node ${PROCESSES} ${training}`,
    },
    {
      title: 'Several machines: run this on each',
      text: `torchrun --nnodes 2 --nproc_per_node ${PROCESSES} --rdzv_backend c10d --rdzv_endpoint HOST:29500 ${training}`,
    },
  ];
}

function argumentsOf({ datasetId, models, config, preset }: Experiment): string {
  const changed = SETTING_NAMES.flatMap((name) => {
    const value = config[name];
    return value === preset[name] || value === null ? [] : [`--${flagOf(name)} ${value}`];
  });
  return [
    `--dataset ${datasetId}`,
    `--models ${models.join(',')}`,
    `--preset ${config.preset}`,
    ...changed,
    `--out ${RESULTS}`,
  ].join(' ');
}
