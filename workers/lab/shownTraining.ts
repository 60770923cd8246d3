/** What the tabs are told of the training: its state, its experiment and its runs. */
import type { Found } from '#core/experiments/queue.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { modelsBeside } from './queueTrainer.ts';
import type { Activity, LabEvent } from '#contract/lab.ts';

export class ShownTraining {
  readonly #emit: (event: LabEvent) => void;
  #activity: Activity = { state: 'idle' };
  /** Id of the data set that the experiment reads. */
  #dataset: string | undefined;
  /** Id of the run that trains or is being prepared; null while a new one is. */
  #nextRun: string | null = null;
  /** The run as it was last stored; undefined before the first of an experiment. */
  #run: RunRecord | undefined;

  constructor(emit: (event: LabEvent) => void) {
    this.#emit = emit;
  }

  get activity(): Activity {
    return this.#activity;
  }

  get dataset(): string | undefined {
    return this.#dataset;
  }

  get nextRun(): string | null {
    return this.#nextRun;
  }

  get run(): RunRecord | undefined {
    return this.#run;
  }

  /** Begins showing another training. */
  begin(found: Found): void {
    this.#run = undefined;
    this.showNext(found);
  }

  /** What trains next. */
  showNext({ experiment, item }: Found): void {
    this.#dataset = experiment.dataset.id;
    this.#nextRun = item.runId;
    const before = this.#activity;
    const models = modelsBeside(experiment, item);
    const runIds = experiment.items.flatMap(({ combination, runId, number }) =>
      combination === item.combination && runId !== null && number < item.number ? [runId] : [],
    );
    const state = before.state === 'idle' || before.state === 'watching' ? 'training' : before.state;
    this.#set({ state, experiment: experiment.id, runIds, models, current: null });
  }

  /** A run as it is stored now. */
  follow(run: RunRecord): void {
    this.#run = run;
    this.#nextRun = run.id;
    if (this.#activity.state !== 'idle' && this.#activity.current !== run.id) {
      const runIds = [...new Set([...this.#activity.runIds, run.id])];
      this.#set({ ...this.#activity, runIds, current: run.id });
    }
    this.#emit({ type: 'run', run });
  }

  change(state: Exclude<Activity['state'], 'idle'>): void {
    if (this.#activity.state !== 'idle') this.#set({ ...this.#activity, state });
  }

  end(): void {
    this.#dataset = undefined;
    this.#set({ state: 'idle' });
  }

  #set(activity: Activity): void {
    this.#activity = activity;
    this.#emit({ type: 'activity', activity });
  }
}
