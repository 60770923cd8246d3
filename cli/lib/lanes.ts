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

/** Milliseconds between messages that name the running checks, so that a long silence in the log does not look like a hang. */
const STILL_RUNNING = 60_000;

/**
 * @param names checks, in the order in which they start
 * @param lanes number of checks that run at the same time
 * @param run runs one check
 * @param tell prints lines
 * @returns a report of each check, in the order in which they ended
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
    // one iterator that all lanes share
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

/** One line for each check, with the failed ones last, where they are noticed. */
export function summaryOf(reports: readonly Report[]): string {
  return reports
    .toSorted((one, other) => Number(other.passed) - Number(one.passed))
    .map(headingOf)
    .join('\n');
}
