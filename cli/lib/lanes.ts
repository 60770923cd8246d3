/**
 * Runs checks in parallel lanes; a lane that is free takes the next check. The output of a check is printed when it ends, so that
 * outputs do not mix, and a failed check does not stop the others.
 */
import { formatDuration } from '#core/format.ts';

export interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

export interface Report extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

/** How often those that still run are named: a log that stays silent for long looks as if it hung. */
const STILL_RUNNING = 60_000;

/**
 * @param names checks, in the order in which they begin
 * @param lanes checks that run at a time
 * @param run runs one to its end
 * @param tell prints lines
 * @returns a report of each, in the order in which they ended
 */
export async function runLanes(
  names: readonly string[],
  lanes: number,
  run: (name: string) => Promise<Outcome>,
  tell: (text: string) => void,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  const running = new Set<string>();
  const runOne = async (name: string) => {
    const from = performance.now();
    running.add(name);
    const outcome = await run(name);
    running.delete(name);
    const report = { name, seconds: (performance.now() - from) / 1000, ...outcome };
    reports.push(report);
    tell(`${headingOf(report)}\n${outcome.output.replace(/^\s*\n|\s+$/g, '')}\n`);
  };
  const timer = setInterval(() => tell(`Still running: ${[...running].join(', ')}`), STILL_RUNNING);
  try {
    // shared: each lane takes from it
    const waiting = names.values();
    const lane = async () => {
      for (const name of waiting) await runOne(name);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    clearInterval(timer);
  }
  return reports;
}

const headingOf = ({ name, passed, seconds }: Report) =>
  `=== ${name}: ${passed ? 'passed' : 'FAILED'}, ${formatDuration(seconds)}`;

/** A line a check, the failed ones last, where they are seen. */
export function summaryOf(reports: readonly Report[]): string {
  return reports
    .toSorted((one, other) => Number(other.passed) - Number(one.passed))
    .map(headingOf)
    .join('\n');
}
