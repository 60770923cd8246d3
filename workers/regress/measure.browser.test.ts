import { it } from 'vitest';
import { MODEL_NAMES } from '../../src/core/config.ts';
import { CASE_NAMES } from '../../src/core/regression/cases.ts';
import { differenceOf } from '../../src/core/regression/digest.ts';
import type { ModelRecord } from '../../src/core/regression/figures.ts';
import { openDevice } from '../engine/devices/device.ts';
import { openCpu } from '../engine/devices/cpu.ts';
import { recordModel } from './record.ts';

const records: Record<string, Record<string, ModelRecord>> = {};
it.each(['reference', 'cpu', 'plain', 'webgpu'])('%s', async (kind) => {
  const device = await openDevice(kind === 'plain' ? 'cpu' : (kind as 'cpu'));
  if (kind === 'plain') {
    const { name } = await openCpu({ threads: 2, relaxed: false });
    console.log(name);
  }
  for (const model of MODEL_NAMES) {
    const from = performance.now();
    (records[model] ??= {})[kind] = await recordModel(device, model);
    const ms = performance.now() - from;
    const a = records[model]['reference']!;
    const b = records[model][kind]!;
    for (const name of CASE_NAMES) {
      const lines: string[] = [];
      for (const kindOf of ['scores', 'ranks', 'gradients', 'weights']) {
        const by = a[name].map((step, i) =>
          Math.max(...step.map((t, j) => (t.kind === kindOf ? differenceOf(b[name][i]![j]!.figures, t.figures) : 0))),
        );
        lines.push(`${kindOf} ${by.map((v) => v.toExponential(1)).join(' ')}`);
      }
      console.log(
        `${model} ${name} ${kind} ${ms.toFixed(0)} ms loss ${a[name].map((s) => s[1]!.figures[0].toFixed(4)).join(' ')} norm ${a[name][0]!.find((t) => t.tensor === 'gradient norms')!.figures[0]}\n${lines.join('\n')}`,
      );
    }
  }
});
