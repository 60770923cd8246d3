/**
 * `npm run train`: trains in a headless browser with the lab's own page and worker, shows progress in the terminal, and
 * writes metrics, report, charts and weights into a folder.
 */
import { join, relative } from 'node:path';
import { presetConfig, type TrainingConfig } from '#core/settings/config.ts';
import { SETTING_NAMES } from '#core/settings/registry.ts';
import { flagOf } from '#core/settings/words.ts';
import { PRESETS } from '#core/settings/presets.ts';
import { combinationsOf, type Experiment } from '#core/experiments/grid.ts';
import type { RunFile } from '#core/formats/runFile.ts';
import { MODEL_CHOICES, type ModelChoice } from '#core/models/registry.ts';
import { requireNetwork } from '#core/models/spec.ts';
import { DEVICE_CHOICES } from '#core/devices.ts';
import { formatCounted, formatParameters, formatPercent } from '#core/format.ts';
import { fail } from '#core/failure.ts';
import { savingShare } from '#core/runs/findings.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { keepRuns, planned, readExperiment, readSweep, writeExperiment } from '../lib/experiment.ts';
import { openLab } from '../lib/page.ts';
import { DEFAULT_DATASET, PACKAGED } from '../lib/paths.ts';
import { processTerminal } from '../lib/progress.ts';
import { writeResults } from '../lib/results.ts';
import { readSettings, SETTING_OPTIONS, settingArguments, settingsHelp } from '../lib/settings.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, plannedConfig, train, type TrainingPlan } from '../lib/training.ts';

const COMMAND = PACKAGED ? 'npx minicopilot-lab train' : 'npm run train --';

const HELP = `Usage: ${COMMAND} [options]

Trains models in headless Chromium, with the same worker as the page.

  --seeds LIST    trains every seed: 42-46, or 42,43
  --sweep NAME=LIST   trains every value of a setting: learning-rate=0.001,0.002. May be given several times: then every
                  combination is trained
  --experiment FILE   an experiment.json of an earlier call; options replace what it says
  --models LIST   comma-separated list of ${MODEL_CHOICES.join(', ')} (rnn,lstm,residual)
  --dataset ID    a data set ${PACKAGED ? 'that the lab offers' : 'of npm run data'} (${DEFAULT_DATASET})
  --device NAME   ${DEVICE_CHOICES.join(' | ')} (auto)
  --preset NAME   ${PRESETS.join(' | ')} (task)
  --half          writes weights in half precision: half the size, accurate to three digits
  --out DIR       folder for metrics.json, report.md, charts and weights (out/DATE-PRESET)
  --help          this text

Settings that replace those of the preset:
${settingsHelp(25)}

With several combinations each has a folder of its own in DIR. Beside them are report.md, which compares all of them with
seeds pooled, and experiment.json. The same command with the same DIR trains only what is missing.

Ctrl-C stops the training and writes the results so far. A second Ctrl-C ends it at once.`;

const INTERRUPTED = 130;
const DEFAULT_MODELS = ['rnn', 'lstm', 'residual'] as const satisfies readonly ModelChoice[];

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      models: { type: 'string' },
      dataset: { type: 'string' },
      device: { type: 'string', default: 'auto' },
      preset: { type: 'string' },
      seeds: { type: 'string' },
      sweep: { type: 'string', multiple: true, default: [] },
      experiment: { type: 'string' },
      half: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean' },
      ...SETTING_OPTIONS,
    },
  });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const experiment = await experimentOf(values);
  const { dataset, models, preset } = experiment;
  const device = oneOf(values.device, 'device', DEVICE_CHOICES);
  // refused before anything is built or loaded: no setting that decides it waits for the data set
  for (const { changes } of combinationsOf(experiment)) {
    for (const model of models) requireNetwork(model, { ...presetConfig(preset, 0), ...changes });
  }
  const top = values.out ?? join('out', `${moment()}-${preset}`);
  const stop = stopOnInterrupt();

  if (dataset === DEFAULT_DATASET) await ensureDefaultDataset();
  if (!PACKAGED) console.log('Building the lab where it changed ...');
  const built = await buildSite();
  const terminal = processTerminal();
  const site = await serveSite(built, { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, device === 'webgpu' ? webGpuHere() : 'system');
    try {
      const manifest = await loadDataset(lab, dataset, terminal);
      const configOf = (changes: Partial<TrainingConfig>) => plannedConfig({ preset, changes }, manifest);
      const combinations = await planned(experiment, top, manifest.sha256, configOf);
      const files: RunFile[] = [];
      for (const [index, combination] of combinations.entries()) {
        const { name, folder, config, done } = combination;
        const place = name === '' ? '' : `${name} (${index + 1} of ${combinations.length}): `;
        if (done !== null) {
          terminal.say(`${place}done before.`);
          files.push(...done);
          continue;
        }
        if (stop.aborted) break;
        terminal.say(
          `${place}training ${models.join(', ')} on ${manifest.title}: ${formatCounted(manifest.splits.train.rows, 'file')}, preset ${preset}, seed ${config.seed}.`,
        );
        const plan: TrainingPlan = { dataset, models, device, preset, changes: combination.changes };
        const { runs, failure } = await train(lab, plan, config, terminal, stop);
        terminal.end();
        if (runs[0]?.device !== undefined) {
          tell(runs);
          const written = await writeResults(folder, runs, lab, {
            command: commandOf(plan, values.half),
            half: values.half,
          });
          console.log(`Wrote ${written.join(', ')} into ${relative('.', folder) || '.'}.`);
          if (name !== '' && lab.alive()) files.push(...(await keepRuns(folder, runs, lab)));
        } else if (failure === null && !stop.aborted) {
          fail('internal', 'Training ended without a run.', 'Please report it.');
        }
        if (failure !== null) throw failure;
      }
      if (combinations.length > 1) {
        const written = await writeExperiment(top, experiment, files);
        console.log(`Wrote ${written.join(', ')} into ${relative('.', top) || '.'}.`);
      }
      if (stop.aborted) {
        process.exitCode = INTERRUPTED;
        if (combinations.length > 1) console.log(`The same command with --out ${relative('.', top)} trains the rest.`);
      }
    } finally {
      await lab.close();
    }
  } finally {
    terminal.end();
    await site.close();
  }
});

/** Reads the experiment from a file, from options, or from both: options replace what the file says. */
async function experimentOf(
  values: Readonly<Record<string, unknown>> & {
    readonly models?: string | undefined;
    readonly dataset?: string | undefined;
    readonly preset?: string | undefined;
    readonly seeds?: string | undefined;
    readonly sweep: readonly string[];
    readonly experiment?: string | undefined;
  },
): Promise<Experiment> {
  const file = values.experiment === undefined ? null : await readExperiment(values.experiment);
  const models = values.models?.split(',').map((name) => oneOf(name.trim(), 'models', MODEL_CHOICES));
  const settings = readSettings(values);
  const sweep = { ...file?.sweep, ...readSweep(values.seeds, values.sweep) };
  for (const name of SETTING_NAMES) {
    if (settings[name] === undefined || sweep[name] === undefined) continue;
    fail('bad-input', `--${flagOf(name)} has one value and several.`, 'Give either one value or a sweep.');
  }
  return {
    schema: 1,
    dataset: values.dataset ?? file?.dataset ?? DEFAULT_DATASET,
    preset: values.preset === undefined ? (file?.preset ?? 'task') : oneOf(values.preset, 'preset', PRESETS),
    models: [...new Set(models ?? file?.models ?? DEFAULT_MODELS)],
    settings: { ...file?.settings, ...settings },
    sweep,
  };
}

/** What a training of some models came to. */
function tell(runs: readonly RunRecord[]): void {
  const sizes = runs.map(({ model, parameters }) => `${model} ${formatParameters(parameters)}`).join(', ');
  const saving = savingShare(runs);
  if (saving !== null) console.log(`Saving where it stood took ${formatPercent(saving)} of the training's time.`);
  const device = runs[0]?.device;
  if (device) console.log(`Computed on ${device.kind} (${device.name}); parameters: ${sizes}.`);
}

/** The first Ctrl-C asks for a clean stop, the second ends the process. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    console.error('\nStopping: the results so far are written. Press Ctrl-C again to end at once.');
  });
  return controller.signal;
}

function commandOf({ models, dataset, device, preset, changes }: TrainingPlan, half: boolean): string {
  const parts = [
    COMMAND,
    `--models ${models.join(',')}`,
    `--dataset ${dataset}`,
    `--device ${device}`,
    `--preset ${preset}`,
  ];
  parts.push(...settingArguments(changes));
  if (half) parts.push('--half');
  return parts.join(' ');
}

/** `2026-11-22-2130`, local time. */
function moment(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}`;
}
