/** Stores the current state of a run, one write after the other. The cost of checkpoints decides how often they are stored. */
import { LabError } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { RunParts, TrainingJob, TrainingState } from './job.ts';
import { SavingPace } from './pace.ts';

interface StoredJob extends Pick<TrainingJob, 'run' | 'store' | 'onTrouble'> {
  readonly control: Pick<TrainingJob['control'], 'pausedSeconds'>;
}

export class RunStore {
  readonly #job: StoredJob;
  readonly #pace: SavingPace;
  /** Seconds spent on saving before the run resumed. */
  readonly #savedBefore: number;
  #run: RunRecord;
  /** The last write; each write waits for the one before. */
  #storing: Promise<void> = Promise.resolve();
  /** Number of checkpoints that are being read or stored. */
  #saving = 0;

  constructor(job: StoredJob) {
    this.#job = job;
    this.#pace = new SavingPace(this.#now());
    this.#run = job.run;
    this.#savedBefore = job.run.savingSeconds ?? 0;
  }

  get run(): RunRecord {
    return this.#run;
  }

  /** Seconds spent on checkpoints so far, including those before the run resumed. */
  get savingSeconds(): number {
    return this.#savedBefore + this.#pace.spent / 1000;
  }

  /** False while a checkpoint is still being stored, since a second one would be in memory at the same time. */
  saveIsDue(): boolean {
    return this.#saving === 0 && this.#pace.due(this.#now());
  }

  /** Stores the run with a change. @returns the changed run */
  async update(change: Partial<RunRecord>, parts?: RunParts): Promise<RunRecord> {
    const run = { ...this.#run, ...change };
    this.#run = run;
    // an earlier write that failed was reported to its own caller
    this.#storing = this.#storing.catch(() => {}).then(() => this.#job.store(run, parts));
    await this.#storing;
    return run;
  }

  /**
   * Stores the run with a checkpoint, or without one if storage is full.
   * @param read copies the checkpoint's contents from the device
   * @returns resolves when they are read; `stored` resolves when they are stored
   */
  async save(
    read: () => Promise<TrainingState>,
    change: Partial<RunRecord>,
    more: RunParts,
  ): Promise<{ readonly stored: Promise<void> }> {
    const from = this.#now();
    this.#saving++;
    try {
      const checkpoint = await read();
      return { stored: this.#storeCheckpoint(change, more, checkpoint).finally(() => this.#saved(from)) };
    } catch (error) {
      this.#saved(from);
      throw error;
    }
  }

  async #storeCheckpoint(change: Partial<RunRecord>, more: RunParts, checkpoint: TrainingState): Promise<void> {
    try {
      await this.update({ ...change, savingSeconds: this.savingSeconds }, { ...more, checkpoint });
    } catch (error) {
      if (!(error instanceof LabError) || error.failure.kind !== 'storage-full') throw error;
      // without the checkpoint the rest may fit, and the weights and epochs are worth more than a checkpoint
      await this.update({}, more);
      this.#job.onTrouble(error.failure);
    }
  }

  /** Call after a failed save too. Otherwise every step would copy a checkpoint and try to save it. */
  #saved(from: number): void {
    const now = this.#now();
    this.#pace.saved(now, now - from);
    this.#saving--;
  }

  /** Milliseconds without pauses. */
  #now(): number {
    return performance.now() - this.#job.control.pausedSeconds * 1000;
  }
}
