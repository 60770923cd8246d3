/** Reports a training for programs: one JSON object per line, whose `type` says what it is. Numbers are written as in metrics.json. */
import { writeJson } from '#core/json.ts';
import type { DownloadProgress } from '#core/data/stored.ts';
import type { RunRecord } from '#core/runs/run.ts';
import type { ProgressSnapshot, Reporter } from './progress.ts';

/** Milliseconds between two lines of progress. */
const PACE = 1_000;
const FINAL: ReadonlySet<RunRecord['state']> = new Set(['done', 'stopped', 'failed', 'interrupted']);

export class JsonLines implements Reporter {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #epochs = new Map<string, number>();
  readonly #ended = new Set<string>();
  #last = Number.NEGATIVE_INFINITY;

  constructor(write: (line: string) => void, now: () => number = Date.now) {
    this.#write = write;
    this.#now = now;
  }

  /** Writes one object. */
  tell(type: string, values: Readonly<Record<string, unknown>>): void {
    this.#write(`${writeJson({ type, ...values })}\n`);
  }

  show({ runs, progress }: ProgressSnapshot): void {
    for (const run of runs) this.#tellRun(run);
    if (progress === null || this.#now() - this.#last < PACE) return;
    this.#last = this.#now();
    const { points, runId, part: _part, ...rest } = progress;
    this.tell('progress', { run: runId, ...rest, loss: points.loss.at(-1) ?? null });
  }

  showDownload({ bytes, totalBytes }: DownloadProgress): void {
    if (this.#now() - this.#last < PACE) return;
    this.#last = this.#now();
    this.tell('download', { bytes, totalBytes });
  }

  say(text: string): void {
    this.tell('message', { text });
  }

  end(): void {}

  #tellRun({ id, model, config, epochs, state, ended, bestEpoch, failure }: RunRecord): void {
    const run = { run: id, model, seed: config.seed };
    for (const epoch of epochs.slice(this.#epochs.get(id) ?? 0)) this.tell('epoch', { ...run, ...epoch });
    this.#epochs.set(id, epochs.length);
    if (!FINAL.has(state) || this.#ended.has(id)) return;
    this.#ended.add(id);
    this.tell('end', { ...run, state, ended, bestEpoch, failure });
  }
}
