/** Names of pools, different enough to tell them apart. */
import { modelTitle } from '../models/registry.ts';
import { runSettingsInWords, settingsThatDiffer } from '../runs/runNames.ts';
import type { RunRecord } from '../runs/run.ts';
import type { Pool } from './pools.ts';

/** The model's name, and what of its settings sets it apart from the other pools of the model. */
export function poolTitles(pools: readonly Pool[], runs: ReadonlyMap<string, RunRecord>): ReadonlyMap<string, string> {
  const firstOf = (pool: Pool) => runs.get(pool.runIds[0] ?? '');
  const titles = new Map<string, string>();
  for (const pool of pools) {
    const own = firstOf(pool);
    const like = pools.filter(({ model }) => model === pool.model).flatMap((one) => firstOf(one) ?? []);
    const differing = settingsThatDiffer(like).filter((setting) => setting !== 'seed');
    const words = own ? differing.map((setting) => runSettingsInWords(own, [setting])) : [];
    titles.set(pool.key, [modelTitle(pool.model), ...words].join(', '));
  }
  return titles;
}
