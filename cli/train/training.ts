/** One call of `npm run train`: every combination of an experiment in one browser, and the results of each in its folder. */
import { relative } from 'node:path';
import type { TrainingConfig } from '#core/settings/config.ts';
import type { Experiment } from '#core/experiments/grid.ts';
import { metricsOf } from '#core/formats/metrics.ts';
import type { RunFile } from '#core/formats/runFile.ts';
import type { DeviceChoice } from '#core/devices.ts';
import { formatCounted, formatParameters, formatPercent } from '#core/format.ts';
import { fail, LabError } from '#core/failure.ts';
import { savingShare } from '#core/runs/findings.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { webGpuHere } from '../lib/browser.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { keepRuns, planned, writeExperiment, type Planned } from '../lib/experiment.ts';
import type { JsonLines } from '../lib/jsonLines.ts';
import { dropProfile, keepPort, keptProfile, type KeptProfile } from '../lib/keptProfile.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DEFAULT_DATASET, PACKAGED } from '../lib/paths.ts';
import { processTerminal, type Reporter } from '../lib/progress.ts';
import { writeResults } from '../lib/results.ts';
import { settingArguments } from '../lib/settings.ts';
import { buildSite, serveSite, type Site } from '../lib/site.ts';
import {
  begin,
  follow,
  interruptedRun,
  loadDataset,
  plannedConfig,
  resumeRun,
  type Outcome,
  type TrainingPlan,
} from '../lib/training.ts';
import { COMMAND, INTERRUPTED } from './arguments.ts';

export interface TrainingRequest {
  readonly experiment: Experiment;
  readonly device: DeviceChoice;
  /** Folder of the results. */
  readonly top: string;
  readonly half: boolean;
  /** Null when progress is printed for people. */
  readonly json: JsonLines | null;
}

export class ExperimentTraining {
  readonly #asked: TrainingRequest;
  readonly #reporter: Reporter;
  readonly #stop: AbortSignal;

  constructor(asked: TrainingRequest) {
    this.#asked = asked;
    this.#reporter = asked.json ?? processTerminal();
    this.#stop = stopOnInterrupt();
  }

  async run(): Promise<void> {
    const { experiment, device, top, json } = this.#asked;
    // stdout has only the JSON objects, so other messages go to stderr
    if (json) console.log = console.error;
    if (experiment.dataset === DEFAULT_DATASET) await ensureDefaultDataset();
    if (!PACKAGED) this.#reporter.say('Building the lab where it changed ...');
    const built = await buildSite();
    const profile = await keptProfile(top);
    const site = await serve(built, profile, top);
    try {
      await keepPort(profile, site.address);
      const webGpu = device === 'webgpu' ? webGpuHere() : 'system';
      const lab = await openLab(`${site.address}#/data`, webGpu, 2, profile.folder);
      try {
        await this.#trainAll(lab);
      } finally {
        await lab.close();
      }
    } finally {
      this.#reporter.end();
      await site.close();
    }
    if (!this.#stop.aborted) {
      await dropProfile(profile);
      return;
    }
    process.exitCode = INTERRUPTED;
    this.#reporter.say(`The same command with --out ${relative('.', top) || '.'} goes on.`);
  }

  async #trainAll(lab: LabPage): Promise<void> {
    const { experiment, top } = this.#asked;
    const { preset, dataset } = experiment;
    const manifest = await loadDataset(lab, dataset, this.#reporter);
    const configOf = (changes: Partial<TrainingConfig>) => plannedConfig({ preset, changes }, manifest);
    const combinations = await planned(experiment, top, manifest.sha256, configOf);
    const files: RunFile[] = [];
    for (const [index, combination] of combinations.entries()) {
      const { name, done, config } = combination;
      const place = name === '' ? '' : `${name} (${index + 1} of ${combinations.length}): `;
      if (done !== null) {
        this.#reporter.say(`${place}done before.`);
        files.push(...done);
        continue;
      }
      if (this.#stop.aborted) break;
      this.#reporter.say(
        `${place}training ${experiment.models.join(', ')} on ${manifest.title}: ${formatCounted(manifest.splits.train.rows, 'file')}, preset ${preset}, seed ${config.seed}.`,
      );
      files.push(...(await this.#trainOne(lab, combination, manifest.sha256)));
    }
    if (combinations.length > 1) this.#tellWritten(top, await writeExperiment(top, experiment, files));
  }

  /** @returns its runs, for the comparison with those of the other combinations */
  async #trainOne(lab: LabPage, combination: Planned, dataset: string): Promise<readonly RunFile[]> {
    const { experiment, device, half, json } = this.#asked;
    const { name, folder, config, changes } = combination;
    const { models, preset } = experiment;
    const plan: TrainingPlan = { dataset: experiment.dataset, models, device, preset, changes };
    const { runs, failure } = await this.#train(lab, plan, config, dataset);
    this.#reporter.end();
    const files: RunFile[] = [];
    if (runs[0]?.device !== undefined) {
      this.#tellRuns(runs);
      const written = await writeResults(folder, runs, lab, { command: commandOf(plan, half), half });
      this.#tellWritten(folder, written);
      json?.tell('results', { name, folder: relative('.', folder) || '.', files: written, metrics: metricsOf(runs) });
      if (name !== '' && lab.alive()) files.push(...(await keepRuns(folder, runs, lab)));
    } else if (failure === null && !this.#stop.aborted) {
      fail('internal', 'Training ended without a run.', 'Please report it.');
    }
    if (failure !== null) throw failure;
    return files;
  }

  /** Resumes what an earlier call began if the result is bit-identical; otherwise starts again. */
  async #train(lab: LabPage, plan: TrainingPlan, config: TrainingConfig, dataset: string): Promise<Outcome> {
    const begun = await interruptedRun(lab, plan, config, dataset);
    let experiment: string | null = null;
    if (begun) {
      try {
        experiment = await resumeRun(lab, begun.id, { anyway: false });
        this.#reporter.say('It was interrupted, and resumes from its last checkpoint.');
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        this.#reporter.say(`It was interrupted, and starts again: ${error.failure.what}`);
      }
    }
    const { models, device } = plan;
    experiment ??= await begin(lab, { datasetId: plan.dataset, models, config, device });
    return follow(lab, experiment, this.#reporter, this.#stop);
  }

  /** Prints the device, the parameters, and how long saving took. */
  #tellRuns(runs: readonly RunRecord[]): void {
    const sizes = runs.map(({ model, parameters }) => `${model} ${formatParameters(parameters)}`).join(', ');
    const saving = savingShare(runs);
    if (saving !== null)
      this.#reporter.say(`Saving where it stood took ${formatPercent(saving)} of the training's time.`);
    const device = runs[0]?.device;
    if (device) this.#reporter.say(`Computed on ${device.kind} (${device.name}); parameters: ${sizes}.`);
  }

  #tellWritten(folder: string, files: readonly string[]): void {
    this.#reporter.say(`Wrote ${files.join(', ')} into ${relative('.', folder) || '.'}.`);
  }
}

/** A browser stores data per origin, so an interrupted training is only found at its old port. */
async function serve(built: string, { folder, port }: KeptProfile, top: string): Promise<Site> {
  try {
    return await serveSite(built, { port: port ?? 0, strictPort: true });
  } catch (cause) {
    if (port === null) throw cause;
    return fail(
      'busy',
      `The training in ${relative('.', top) || '.'} was interrupted at port ${port}, which is taken now.`,
      `Wait for the other command, or delete ${relative('.', folder)} to begin anew.`,
      cause,
    );
  }
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
