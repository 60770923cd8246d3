/**
 * `npm run train`: trains in a headless browser with the lab's own page and worker, shows progress in the terminal, and
 * writes metrics, report, charts and weights into a folder.
 */
import { join } from 'node:path';
import { failureOf } from '#core/failure.ts';
import { runCommand } from '../lib/command.ts';
import { JsonLines } from '../lib/jsonLines.ts';
import { HELP, readAsked, readOptions } from '../train/arguments.ts';
import { ExperimentTraining } from '../train/training.ts';

await runCommand(async () => {
  const values = readOptions();
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  const json = values.json ? new JsonLines((line) => void process.stdout.write(line)) : null;
  try {
    const { experiment, device } = await readAsked(values);
    const top = values.out ?? join('out', `${moment()}-${experiment.preset}`);
    await new ExperimentTraining({ experiment, device, top, half: values.half, json }).run();
  } catch (error) {
    const { what, remedy } = failureOf(error);
    json?.tell('failure', { what, remedy });
    throw error;
  }
});

/** `2026-11-22-2130`, local time. */
function moment(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}`;
}
