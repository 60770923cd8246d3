/** `npm run test:pytorch`: runs the tests of pytorch/ in the first python3 that has PyTorch. Without one, it says so and does not fail. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findTorch, NO_TORCH } from '../bench/pytorch.ts';
import { runCommand } from '../lib/command.ts';
import { ROOT } from '../lib/paths.ts';

await runCommand(async () => {
  const torch = await findTorch();
  if (!torch) {
    console.log(`Tests of pytorch/ are left out. ${NO_TORCH}`);
    return;
  }
  const folder = join(ROOT, 'pytorch');
  const words = ['-m', 'unittest', 'discover', '-s', join(folder, 'tests'), '-t', folder];
  const env = { ...process.env, PYTHONPATH: folder };
  process.exitCode = await new Promise<number>((resolve, reject) => {
    const tests = spawn(torch.python, words, { env, stdio: 'inherit' });
    tests.on('error', reject);
    tests.on('close', (code) => resolve(code ?? 1));
  });
});
