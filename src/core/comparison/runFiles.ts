/** Compares runs read from files. */
import type { RunFile } from '../formats/runFile.ts';
import type { StepTable } from '../runs/stepTable.ts';
import { compareRuns, type Comparison } from './comparison.ts';

export function compareRunFiles(files: readonly RunFile[]): Comparison {
  return compareRuns({ runs: files.map(({ run }) => run), breakdowns: breakdownsOf(files) });
}

/** By run. */
export function breakdownsOf(files: readonly RunFile[]): ReadonlyMap<string, NonNullable<RunFile['breakdown']>> {
  return new Map(files.flatMap(({ run, breakdown }) => (breakdown ? [[run.id, breakdown]] : [])));
}

/** By run. */
export function stepTablesOf(files: readonly RunFile[]): Readonly<Record<string, StepTable>> {
  return Object.fromEntries(files.flatMap(({ run, steps }) => (steps ? [[run.id, steps]] : [])));
}
