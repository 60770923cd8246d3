/** A run as it now is, stored with one write after the other, and with checkpoints at a pace that their cost sets. */
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
  /** Seconds spent on saving before the run went on. */
  readonly #savedBefore: number;
  #run: RunRecord;
  /** The last write; each waits for the one before. */
  #storing: Promise<void> = Promise.resolve();
  /** Checkpoints that are being read or stored. */
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

  /** Spent on checkpoints so far, in all sessions of the run. */
  get savingSeconds(): number {
    return this.#savedBefore + this.#pace.spent / 1000;
  }

  /** Never while one is still being stored: it would be written twice, and would lie in memory twice. */
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
   * Stores the run with a checkpoint, or without one where there is no room.
   * @param read copies what a checkpoint holds from the device
   * @returns once that is read; `stored` resolves when it is stored
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
      // without it the rest may fit: hours of training are worth more than a checkpoint
      await this.update({}, more);
      this.#job.onTrouble(error.failure);
    }
  }

  /** Also where it failed: else it would be tried, and copied, at every step. */
  #saved(from: number): void {
    const now = this.#now();
    this.#pace.saved(now, now - from);
    this.#saving--;
  }

  /** Milliseconds, pauses left out. */
  #now(): number {
    return performance.now() - this.#job.control.pausedSeconds * 1000;
  }
}
