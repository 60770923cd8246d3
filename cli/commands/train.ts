/**
 * `npm run train`: trains in a headless browser with the lab's own page and worker, shows progress in the terminal, and
 * writes metrics, report, charts and weights into a folder.
 */
import { join, relative } from 'node:path';
import { presetConfig } from '#core/settings/config.ts';
import { PRESETS } from '#core/settings/presets.ts';
import { MODEL_CHOICES } from '#core/models/registry.ts';
import { requireNetwork } from '#core/models/spec.ts';
import { DEVICE_CHOICES } from '#core/devices.ts';
import { formatCounted, formatParameters, formatPercent } from '#core/format.ts';
import { fail } from '#core/failure.ts';
import { savingShare } from '#core/runs/findings.ts';
import { webGpuHere } from '../lib/browser.ts';
import { oneOf, readArguments, runCommand } from '../lib/command.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
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

  --models LIST   comma-separated list of ${MODEL_CHOICES.join(', ')} (rnn,lstm,residual)
  --dataset ID    a data set ${PACKAGED ? 'that the lab offers' : 'of npm run data'} (${DEFAULT_DATASET})
  --device NAME   ${DEVICE_CHOICES.join(' | ')} (auto)
  --preset NAME   ${PRESETS.join(' | ')} (task)
  --half          writes weights in half precision: half the size, accurate to three digits
  --out DIR       folder for metrics.json, report.md, charts and weights (out/DATE-PRESET)
  --help          this text

Settings that replace those of the preset:
${settingsHelp(25)}

Ctrl-C stops the training and writes the results so far. A second Ctrl-C ends it at once.`;

const INTERRUPTED = 130;

await runCommand(async () => {
  const { values } = readArguments({
    options: {
      models: { type: 'string', default: 'rnn,lstm,residual' },
      dataset: { type: 'string', default: DEFAULT_DATASET },
      device: { type: 'string', default: 'auto' },
      preset: { type: 'string', default: 'task' },
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
  const models = [...new Set(values.models.split(',').map((name) => oneOf(name.trim(), 'models', MODEL_CHOICES)))];
  const plan: TrainingPlan = {
    dataset: values.dataset,
    models,
    device: oneOf(values.device, 'device', DEVICE_CHOICES),
    preset: oneOf(values.preset, 'preset', PRESETS),
    changes: readSettings(values),
  };
  // refused before anything is built or loaded: no setting that decides it waits for the data set
  for (const model of models) requireNetwork(model, { ...presetConfig(plan.preset, 0), ...plan.changes });
  const folder = values.out ?? join('out', `${moment()}-${plan.preset}`);
  const stop = stopOnInterrupt();

  if (plan.dataset === DEFAULT_DATASET) await ensureDefaultDataset();
  if (!PACKAGED) console.log('Building the lab where it changed ...');
  const built = await buildSite();
  const terminal = processTerminal();
  const site = await serveSite(built, { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, plan.device === 'webgpu' ? webGpuHere() : 'system');
    try {
      const manifest = await loadDataset(lab, plan.dataset, terminal);
      const config = plannedConfig(plan, manifest);
      terminal.say(
        `Training ${models.join(', ')} on ${manifest.title}: ${formatCounted(manifest.splits.train.rows, 'file')}, preset ${config.preset}, seed ${config.seed}.`,
      );
      const { runs, failure } = await train(lab, plan, config, terminal, stop);
      terminal.end();
      const device = runs[0]?.device;
      if (device !== undefined) {
        const sizes = runs.map(({ model, parameters }) => `${model} ${formatParameters(parameters)}`).join(', ');
        const saving = savingShare(runs);
        if (saving !== null) console.log(`Saving where it stood took ${formatPercent(saving)} of the training's time.`);
        console.log(`Computed on ${device.kind} (${device.name}); parameters: ${sizes}.`);
        const files = await writeResults(folder, runs, lab, {
          command: commandOf(plan, values.half),
          half: values.half,
        });
        console.log(`Wrote ${files.join(', ')} into ${relative('.', folder) || '.'}.`);
      }
      if (failure !== null) throw failure;
      if (stop.aborted) process.exitCode = INTERRUPTED;
      else if (device === undefined) fail('internal', 'Training ended without a run.', 'Please report it.');
    } finally {
      await lab.close();
    }
  } finally {
    terminal.end();
    await site.close();
  }
});

/** The first Ctrl-C asks for a clean stop, the second ends the process. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    console.error('\nStopping: what was reached is written. Press Ctrl-C again to end at once.');
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
