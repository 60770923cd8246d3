/** The queue as it is stored. Every change goes through storage, which tabs share, and is told to the page and the other tabs. */
import { activeExperiments, halted } from '#core/experiments/queue.ts';
import { hasPending } from '#core/experiments/pending.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import type { LabEvent } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { changeExperiments, readExperiments } from '#storage/experiments.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
}

type Records = readonly ExperimentRecord[];

export class StoredQueue {
  readonly #deps: Deps;
  readonly #wereQueued = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read(): Promise<Records> {
    return (await readExperiments(await this.#deps.storage())).experiments;
  }

  /** @throws LabError as the change does, and `storage-full` */
  async change(change: (stored: Records) => Records): Promise<Records> {
    const changed = await changeExperiments(await this.#deps.storage(), change);
    this.#emit(changed);
    return changed;
  }

  /** Reports a change that was stored together with a run. */
  async report(): Promise<void> {
    this.#emit(await this.read());
  }

  /**
   * Called when no tab trains: a queue that a closed tab left behind waits for a click, unless it may resume automatically.
   * @param goesOn whether it may
   */
  async settle(goesOn: (records: Records) => boolean): Promise<void> {
    const records = await this.read();
    const isPaused = ({ halt }: ExperimentRecord) => halt?.reason === 'paused';
    const waiting = goesOn(records) ? [] : activeExperiments(records);
    const left = [...waiting, ...records.filter(isPaused)].filter(hasPending).map(({ id }) => id);
    if (left.length > 0) await this.change((stored) => halted(stored, { reason: 'interrupted', failure: null }, left));
  }

  #emit(records: Records): void {
    this.#deps.emit({ type: 'queue', experiments: this.shown(records) });
  }

  /** Experiments of which something is still to come, or was since the lab was opened, and the newest one. */
  shown(records: Records): Records {
    for (const record of records) if (hasPending(record)) this.#wereQueued.add(record.id);
    return records.filter(({ id }, index) => this.#wereQueued.has(id) || index === records.length - 1);
  }
}
