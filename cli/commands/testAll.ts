/**
 * `npm test`: runs every check. Those of the built page take longest and often wait, so they run in parallel with the others; with one
 * core, all run one by one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { findBrowser } from '../lib/browser.ts';
import { readArguments, runCommand } from '../lib/command.ts';
import { runLanes, summaryOf, type Outcome } from '../lib/lanes.ts';
import { ROOT } from '../lib/paths.ts';

/** The longest check starts first, so that the shorter ones run beside it. */
const CHECKS = [
  'test:e2e',
  'test:format',
  'test:lint',
  'test:types',
  'test:unit',
  'test:browser',
  'test:fuzz',
  'test:pytorch',
];

const HELP = `Usage: npm test

Runs every check: ${CHECKS.join(', ')}.
Two run at a time where there are two cores. Each prints its output when it ends; all are run, also after one has failed.`;

await runCommand(async () => {
  const { values } = readArguments({ options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  // finds or installs the browser once, before both lanes look for it
  findBrowser();
  const running = new Set<ChildProcess>();
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted = true;
      for (const child of running) child.kill(signal);
    });
  }
  const run = (name: string) =>
    interrupted ? Promise.resolve({ passed: false, output: 'Interrupted.' }) : runScript(name, running);
  const lanes = Math.min(2, availableParallelism());
  const reports = await runLanes(CHECKS, lanes, run, (text) => console.log(text));
  console.log(summaryOf(reports));
  if (reports.some(({ passed }) => !passed)) process.exitCode = 1;
});

/** Runs a script of package.json, including its pre and post scripts, and collects its output. */
function runScript(name: string, running: Set<ChildProcess>): Promise<Outcome> {
  const npm = process.env['npm_execpath'];
  const words = ['run', '--silent', name];
  const colored = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const env = { ...process.env, ...(colored ? { FORCE_COLOR: '1' } : {}) };
  const [program, before] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const child = spawn(program, [...before, ...words], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // on Windows, npm is a script that `spawn` cannot start directly
    shell: npm === undefined && process.platform === 'win32',
  });
  running.add(child);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ passed: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}
