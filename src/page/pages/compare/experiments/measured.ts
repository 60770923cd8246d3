/** The figures of a configuration on one part of the data. */
import type { Spread } from '#core/comparison/pools.ts';
import type { Configuration } from '#core/experiments/table.ts';
import type { MetricName } from '#core/metrics/registry.ts';
import { bestEpochOf } from '#core/runs/findings.ts';

export type Part = 'validation' | 'test';

/** Null where it was not measured: there are figures on test once every run was tested. */
export function spreadOf({ pool }: Configuration, part: Part, name: MetricName): Spread | null {
  return (part === 'test' ? pool?.test : pool?.validation)?.[name] ?? null;
}

/** A figure for each run that has one. */
export function valuesOf({ runs }: Configuration, part: Part, name: MetricName): readonly number[] {
  return runs.flatMap((run) => {
    const measures = part === 'test' ? run.test : bestEpochOf(run)?.validation;
    return measures ? [measures[name]] : [];
  });
}
