/** The steps of a run, thinned as they grow: every n-th is kept, n doubling, so that a run of any length stays small. */
import { stepTable, type StepRecord, type StepTable } from '#core/runs/stepTable.ts';

const MOST = 2000;

/** Plain data, to continue from. */
export interface HistoryState {
  readonly stride: number;
  readonly kept: readonly StepRecord[];
}

export class StepHistory {
  #kept: StepRecord[];
  #stride: number;

  constructor({ stride, kept }: HistoryState = { stride: 1, kept: [] }) {
    this.#stride = stride;
    this.#kept = [...kept];
  }

  state(): HistoryState {
    return { stride: this.#stride, kept: [...this.#kept] };
  }

  add(record: StepRecord): void {
    if ((record.step - 1) % this.#stride !== 0) return;
    this.#kept.push(record);
    if (this.#kept.length < MOST) return;
    this.#stride *= 2;
    this.#kept = this.#kept.filter(({ step }) => (step - 1) % this.#stride === 0);
  }

  table(): StepTable {
    return stepTable(this.#kept);
  }
}
