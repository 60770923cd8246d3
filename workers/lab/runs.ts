/** Actions on stored runs: show, rename, delete, restore, import. Every tab is notified. */
import { z } from 'zod';
import { fail, LabError } from '#core/failure.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { runLabelSchema, type RunLabel } from '#core/runs/runLabel.ts';
import { NO_STEPS, type StepTable } from '#core/runs/stepTable.ts';
import { importRuns } from './importRuns.ts';
import type { DamagedRecords } from './damagedRecords.ts';
import type { ImportedRuns, ImportRunsRequest, LabEvent } from '#contract/lab.ts';
import type { Database } from '#storage/database.ts';
import { listRuns, markDeleted, readSteps, storeLabel, unmarkDeleted } from '#storage/runs.ts';

interface Deps {
  readonly storage: () => Promise<Database>;
  readonly emit: (event: LabEvent) => void;
  readonly damaged: DamagedRecords;
}

export class Runs {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Gives no steps for a run whose steps are damaged; the damage is reported and listed. */
  async steps(runIds: readonly string[]): Promise<StepTable[]> {
    const database = await this.#deps.storage();
    return Promise.all(runIds.map((id) => this.#stepsOf(database, id)));
  }

  async #stepsOf(database: Database, id: string): Promise<StepTable> {
    try {
      return await this.#deps.damaged.reading('steps', id, () => readSteps(database, id));
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      this.#deps.emit({ type: 'failure', failure: error.failure });
      return NO_STEPS;
    }
  }

  /** @throws LabError `bad-input` for a name, note or tag that is too long */
  async label(label: RunLabel): Promise<void> {
    const parsed = runLabelSchema.safeParse(label);
    if (!parsed.success) {
      fail('bad-input', `This name, note or tag cannot be saved: ${z.prettifyError(parsed.error)}.`, 'Shorten it.');
    }
    await storeLabel(await this.#deps.storage(), parsed.data);
    this.#deps.emit({ type: 'label', label: parsed.data });
  }

  async delete(ids: readonly string[]): Promise<void> {
    await markDeleted(await this.#deps.storage(), ids, Date.now());
    this.#deps.emit({ type: 'deleted', ids });
    await this.#deps.damaged.report();
  }

  /** @returns those that are still there and can be read */
  async restore(ids: readonly string[]): Promise<RunRecord[]> {
    const database = await this.#deps.storage();
    await unmarkDeleted(database, ids);
    const restored = (await listRuns(database)).filter(({ id }) => ids.includes(id));
    for (const run of restored) this.#deps.emit({ type: 'run', run });
    await this.#deps.damaged.report();
    return restored;
  }

  async importRuns(request: ImportRunsRequest): Promise<ImportedRuns> {
    const brought = await importRuns(await this.#deps.storage(), request);
    for (const { run, label } of brought.runs) {
      this.#deps.emit({ type: 'run', run });
      this.#deps.emit({ type: 'label', label });
    }
    return brought;
  }
}
