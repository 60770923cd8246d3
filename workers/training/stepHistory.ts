/** The steps of a run. Only every n-th is kept, and n doubles as the run gets longer, so the history stays small. */
import { stepTable, type StepRecord, type StepTable } from '#core/runs/stepTable.ts';

const MOST = 2000;

/** State to continue from, as plain data. */
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
