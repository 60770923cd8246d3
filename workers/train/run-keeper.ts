/** A run as it now is, and its keeping: one write after the other, checkpoints at a pace that their cost sets. */
import { LabError } from '../../src/core/failure.ts';
import type { RunRecord } from '../../src/core/run.ts';
import type { Kept, TrainingJob, TrainingState } from './job.ts';
import { SavingPace } from './pace.ts';

export class RunKeeper {
  readonly #job: Pick<TrainingJob, 'keep' | 'onTrouble'>;
  readonly #pace = new SavingPace(performance.now());
  /** Seconds spent on saving before the run went on. */
  readonly #savedBefore: number;
  #run: RunRecord;
  /** What is being kept, one after the other. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(job: Pick<TrainingJob, 'run' | 'keep' | 'onTrouble'>) {
    this.#job = job;
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

  saveIsDue(): boolean {
    return this.#pace.due(performance.now());
  }

  /** Keeps the run with a change. @returns the run as it then is */
  async update(change: Partial<RunRecord>, kept?: Kept): Promise<RunRecord> {
    const run = { ...this.#run, ...change };
    this.#run = run;
    // one after the other; what went wrong before was told to whoever asked for it
    this.#keeping = this.#keeping.catch(() => {}).then(() => this.#job.keep(run, kept));
    await this.#keeping;
    return run;
  }

  /**
   * Keeps the run with a checkpoint, and goes on without one where there is no room.
   * @param read copies what a checkpoint holds from the device
   * @returns once that is read, with what is still being stored
   */
  async save(
    read: () => Promise<TrainingState>,
    change: Partial<RunRecord>,
    more: Kept,
  ): Promise<{ readonly kept: Promise<void> }> {
    const from = performance.now();
    const checkpoint = await read();
    const kept = this.update({ ...change, savingSeconds: this.savingSeconds }, { ...more, checkpoint })
      .catch(async (error: unknown) => {
        if (!(error instanceof LabError) || error.failure.kind !== 'storage-full') throw error;
        // without it the rest may fit: hours of training are worth more than a place to go on from
        await this.update({}, more);
        this.#job.onTrouble(error.failure);
      })
      .then(() => {
        const now = performance.now();
        this.#pace.saved(now, now - from);
      });
    return { kept };
  }
}
