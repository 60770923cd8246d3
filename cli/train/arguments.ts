/** The options of `npm run train`, and the files that they name. */
import { combinationsOf, type Experiment } from '#core/experiments/grid.ts';
import { experimentOfLink, isLink } from '#core/experiments/link.ts';
import { DEVICE_CHOICES, type DeviceChoice } from '#core/devices.ts';
import { fail } from '#core/failure.ts';
import { MODEL_CHOICES, type ModelChoice } from '#core/models/registry.ts';
import { requireNetwork } from '#core/models/spec.ts';
import { presetConfig } from '#core/settings/config.ts';
import { PRESETS } from '#core/settings/presets.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { flagOf } from '#core/settings/words.ts';
import { oneOf, readArguments } from '../lib/command.ts';
import { readConfig, readExperiment, readSweep } from '../lib/experiment.ts';
import { DEFAULT_DATASET, PACKAGED } from '../lib/paths.ts';
import { readSettings, SETTING_OPTIONS, settingsHelp } from '../lib/settings.ts';

export const COMMAND = PACKAGED ? 'npx minicopilot-lab train' : 'npm run train --';

/** Exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;

export const HELP = `Usage: ${COMMAND} [options]

Trains models in headless Chromium, with the same worker as the page.

  --seeds LIST    trains every seed: 42-46, or 42,43
  --sweep NAME=LIST   trains every value of a setting: learning-rate=0.001,0.002. May be given several times: then every
                  combination is trained
  --config FILE   settings from a metrics.json, or from a JSON object; options replace what it says
  --experiment FILE|LINK   an experiment.json of an earlier call, or a link from the Train page; options replace what it says
  --models LIST   comma-separated list of ${MODEL_CHOICES.join(', ')} (rnn,lstm,residual)
  --dataset ID    a data set ${PACKAGED ? 'that the lab offers' : 'of npm run data'} (${DEFAULT_DATASET})
  --device NAME   ${DEVICE_CHOICES.join(' | ')} (auto)
  --preset NAME   ${PRESETS.join(' | ')} (task)
  --half          writes weights in half precision: half the size, accurate to three digits
  --out DIR       folder for metrics.json, report.md, charts and weights (out/DATE-PRESET)
  --json          writes a JSON object a line to stdout, and nothing else: progress, epochs, and at the end the results
  --help          this text

Settings that replace those of the preset:
${settingsHelp(25)}

With several combinations each has a folder of its own in DIR. Beside them are report.md, which compares all of them with
seeds pooled, and experiment.json. The same command with the same DIR trains only what is missing.

Ctrl-C stops the training and writes the results so far. The same command with the same DIR goes on from the last
checkpoint, to the same weights. A second Ctrl-C ends it at once.

Exit codes: 0 all is trained; 1 an argument is wrong or a training failed, with the reason on stderr; ${INTERRUPTED} stopped by
Ctrl-C.`;

const DEFAULT_MODELS = ['rnn', 'lstm', 'residual'] as const satisfies readonly ModelChoice[];

export type Values = ReturnType<typeof readOptions>;

export function readOptions() {
  return readArguments({
    options: {
      models: { type: 'string' },
      dataset: { type: 'string' },
      device: { type: 'string' },
      preset: { type: 'string' },
      seeds: { type: 'string' },
      sweep: { type: 'string', multiple: true, default: [] },
      config: { type: 'string' },
      experiment: { type: 'string' },
      half: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean' },
      ...SETTING_OPTIONS,
    },
  }).values;
}

export interface Asked {
  readonly experiment: Experiment;
  readonly device: DeviceChoice;
}

/**
 * Reads the experiment from files, from options, or from both: options replace what a file says.
 * @throws LabError `bad-input` or `not-found`, or the error of `requireNetwork` for settings that make no valid network
 */
export async function readAsked(values: Values): Promise<Asked> {
  const link =
    values.experiment !== undefined && isLink(values.experiment) ? experimentOfLink(values.experiment) : null;
  const file = link?.experiment ?? (values.experiment === undefined ? null : await readExperiment(values.experiment));
  if (file?.halving) {
    fail(
      'bad-input',
      'The experiment asks for successive halving, which only the page trains.',
      'Open it there, or leave "halving" out to train every combination.',
    );
  }
  const config = values.config === undefined ? null : await readConfig(values.config);
  const models = values.models?.split(',').map((name) => oneOf(name.trim(), 'models', MODEL_CHOICES));
  const settings = readSettings(values);
  const sweep = { ...file?.sweep, ...readSweep(values.seeds, values.sweep) };
  for (const name of SETTING_NAMES) {
    if (settings[name] === undefined || sweep[name] === undefined) continue;
    fail('bad-input', `--${flagOf(name)} has one value and several.`, 'Give either one value or a sweep.');
  }
  const experiment: Experiment = {
    ...file,
    schema: 1,
    dataset: values.dataset ?? file?.dataset ?? DEFAULT_DATASET,
    preset:
      values.preset === undefined
        ? (config?.preset ?? file?.preset ?? 'task')
        : oneOf(values.preset, 'preset', PRESETS),
    models: [...new Set(models ?? file?.models ?? DEFAULT_MODELS)],
    settings: { ...file?.settings, ...config?.settings, ...settings },
    sweep,
  };
  // checked before anything is built or loaded, since none of these settings depends on the data set
  for (const { changes } of combinationsOf(experiment)) {
    for (const model of experiment.models) requireNetwork(model, { ...presetConfig(experiment.preset, 0), ...changes });
  }
  return { experiment, device: oneOf(values.device ?? link?.device ?? 'auto', 'device', DEVICE_CHOICES) };
}
