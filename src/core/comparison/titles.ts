/** Names of pools, different enough to tell them apart. */
import { modelTitle, type ModelName } from '../models/registry.ts';
import { runSettingsInWords, settingsThatDiffer, type RunSetting } from '../runs/runNames.ts';
import type { RunRecord } from '../runs/run.ts';
import type { Pool } from './pools.ts';

/** The model's name, and the settings that distinguish it from the other pools of the model. */
export function poolTitles(pools: readonly Pool[], runs: ReadonlyMap<string, RunRecord>): ReadonlyMap<string, string> {
  const firstOf = (pool: Pool) => runs.get(pool.runIds[0] ?? '');
  const titles = new Map<string, string>();
  const differingOf = new Map<ModelName, readonly RunSetting[]>();
  for (const { model } of pools) {
    if (differingOf.has(model)) continue;
    const like = pools.filter((one) => one.model === model).flatMap((one) => firstOf(one) ?? []);
    differingOf.set(
      model,
      settingsThatDiffer(like).filter((setting) => setting !== 'seed'),
    );
  }
  for (const pool of pools) {
    const own = firstOf(pool);
    const differing = differingOf.get(pool.model) ?? [];
    const words = own ? differing.map((setting) => runSettingsInWords(own, [setting])) : [];
    titles.set(pool.key, [modelTitle(pool.model), ...words].join(', '));
  }
  return titles;
}
