/**
 * Shows a training in the terminal: one line that is updated on a TTY, or occasional lines in a log, and a permanent line at the end of
 * every epoch.
 */
import { modelTitle } from '#core/models/registry.ts';
import {
  formatBytes,
  formatByteRate,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatPerplexity,
  formatTimeLeft,
  formatTokenRate,
} from '#core/format.ts';
import type { EpochRecord, RunRecord } from '#core/runs/run.ts';
import type { DownloadProgress } from '#core/data/stored.ts';
import type { TrainingPhase, TrainingProgress } from '#core/runs/training.ts';

/** The part of the lab's state that the terminal shows. */
export interface ProgressSnapshot {
  readonly runs: readonly RunRecord[];
  readonly progress: TrainingProgress | null;
}

/** Shows or writes the progress of a training. */
export interface Reporter {
  /** What is new since the last snapshot. */
  show(snapshot: ProgressSnapshot): void;
  showDownload(progress: DownloadProgress): void;
  /** A line that stays. */
  say(text: string): void;
  /** Ends the progress line: nothing follows for now. */
  end(): void;
}

export interface Output {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** Milliseconds between lines of progress in a log. */
const LOG_INTERVAL = 30_000;

const PHASES: Readonly<Record<TrainingPhase, string>> = {
  preparing: 'preparing',
  training: 'step',
  validating: 'validating',
  searching: 'searching the cache’s settings',
  testing: 'testing',
};

/** Shows progress in the terminal of this process. */
export function processTerminal(): TrainingTerminal {
  const { isTTY, columns } = process.stdout;
  return new TrainingTerminal({ isTTY, columns, write: (text) => void process.stdout.write(text) });
}

export class TrainingTerminal implements Reporter {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #epochsTold = new Map<string, number>();
  readonly #endsTold = new Set<string>();
  #lastLogged = Number.NEGATIVE_INFINITY;
  #loss = Number.NaN;
  #lineShown = false;

  /** @param now gives the time in milliseconds, for the interval of a log */
  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  /** Shows what is new since the last snapshot. */
  show({ runs, progress }: ProgressSnapshot): void {
    for (const run of runs) this.#tellRun(run);
    if (progress === null) return;
    const run = runs.find(({ id }) => id === progress.runId);
    if (run === undefined) return;
    this.#loss = progress.points.loss.at(-1) ?? this.#loss;
    this.#renew(progressLine(run, progress, this.#loss));
  }

  showDownload(progress: DownloadProgress): void {
    const { bytes, totalBytes, bytesPerSecond } = progress;
    this.#renew(
      `Reading the data set: ${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${formatByteRate(bytesPerSecond)}`,
    );
  }

  /** A line that stays. */
  say(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  /** Clears the line of progress. */
  end(): void {
    this.#clear();
  }

  #tellRun(run: RunRecord): void {
    const told = this.#epochsTold.get(run.id) ?? 0;
    for (const epoch of run.epochs.slice(told)) this.say(epochLine(run, epoch));
    this.#epochsTold.set(run.id, run.epochs.length);
    const ending = endingLine(run);
    if (ending !== null && !this.#endsTold.has(run.id)) {
      this.#endsTold.add(run.id);
      this.say(ending);
    }
  }

  #renew(line: string): void {
    if (this.#output.isTTY) {
      this.#output.write(`\r\u001B[K${line.slice(0, Math.max(20, this.#output.columns - 1))}`);
      this.#lineShown = true;
    } else if (this.#now() - this.#lastLogged >= LOG_INTERVAL) {
      this.#lastLogged = this.#now();
      this.#output.write(`${line}\n`);
    }
  }

  #clear(): void {
    if (this.#lineShown) this.#output.write('\r\u001B[K');
    this.#lineShown = false;
  }
}

function progressLine(run: RunRecord, progress: TrainingProgress, loss: number): string {
  const { phase, epoch, epochs, step, steps, tokensPerSecond, secondsLeft } = progress;
  const parts = [modelTitle(run.model), `epoch ${epoch} of ${epochs}`];
  parts.push(steps > 0 ? `${PHASES[phase]} ${formatCount(step)} of ${formatCount(steps)}` : PHASES[phase]);
  if (Number.isFinite(loss)) parts.push(`loss ${formatLoss(loss)}`);
  if (tokensPerSecond !== null) parts.push(formatTokenRate(tokensPerSecond));
  if (secondsLeft !== null) parts.push(`${formatTimeLeft(secondsLeft)} left`);
  return parts.join('  ');
}

function epochLine(run: RunRecord, { epoch, train, validation, tokensPerSecond, seconds }: EpochRecord): string {
  return [
    `${modelTitle(run.model)}  epoch ${epoch} of ${run.config.epochs}`,
    `train loss ${formatLoss(train.loss)} top-5 ${formatPercent(train.top5)}`,
    `validation loss ${formatLoss(validation.loss)} top-5 ${formatPercent(validation.top5)} perplexity ${formatPerplexity(validation.perplexity)}`,
    `${formatTokenRate(tokensPerSecond)}  ${formatDuration(seconds)}`,
  ].join('  |  ');
}

/** Null while the run is training. */
function endingLine(run: RunRecord): string | null {
  const name = modelTitle(run.model);
  switch (run.state) {
    case 'done': {
      const why = run.ended === 'patience' ? ', ended early: validation loss no longer fell' : '';
      const test =
        run.test === null
          ? ''
          : `  test top-5 ${formatPercent(run.test.top5)} perplexity ${formatPerplexity(run.test.perplexity)}`;
      return `${name}  done: best epoch ${run.bestEpoch ?? '–'}${why}${test}`;
    }
    case 'failed':
      return `${name}  failed: ${run.failure === null ? 'no reason was given.' : `${run.failure.what} ${run.failure.remedy}`}`;
    case 'stopped':
    case 'interrupted':
      return `${name}  ${run.state} after ${run.epochs.length} of ${run.config.epochs} epochs`;
    case 'waiting':
    case 'training':
    case 'paused':
      return null;
    default:
      return run.state satisfies never;
  }
}
