/** `npm run kernels`: writes the TypeScript calls of the WebAssembly kernels from their AssemblyScript source. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { KERNEL_CALLS, kernelCallsNow } from '../build/kernelCalls.ts';
import { readArguments, runCommand } from '../lib/command.ts';
import { ROOT } from '../lib/paths.ts';

const HELP = `Usage: npm run kernels

Writes ${relative(ROOT, KERNEL_CALLS)}: the calls and enums of the WebAssembly kernels in TypeScript, from their
AssemblyScript source. Run it after a parameter or an enum there has changed; a unit test compares the two.

  --help       this text`;

await runCommand(async () => {
  const { values } = readArguments({ options: { help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(HELP);
    return;
  }
  await writeFile(KERNEL_CALLS, await kernelCallsNow());
  console.log(`wrote ${relative(ROOT, KERNEL_CALLS)}`);
});
