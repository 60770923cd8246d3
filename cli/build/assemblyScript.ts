/**
 * Compiles the kernels of the device `cpu` (workers/engine/backends/simd/assembly, AssemblyScript) to WebAssembly: in a build, in the
 * development server and in tests. `import address from './assembly/index.ts?kernels=relaxed-shared'` gives the address of the
 * program, a file of the site. A variant is compiled once for each version of the sources, and cached under node_modules/.cache.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createMemoryStream, main, version } from 'assemblyscript/asc';
import { normalizePath, type Plugin } from 'vite';
import { ROOT } from '../lib/paths.ts';

const QUERY = /^(?<file>.*)\?kernels=(?<variant>[a-z-]+)$/;
const CACHE = join(ROOT, 'node_modules', '.cache', 'kernels');

/** 4 GiB in pages of 64 KiB, the most that a program can address. */
const MAX_PAGES = 65_536;

const COMMON = [
  '-O3',
  '--noAssert',
  '--runtime=stub',
  // the kernels do not use AssemblyScript's runtime, so nothing can abort
  '--use=abort=',
  '--importMemory',
  `--maximumMemory=${MAX_PAGES}`,
];

/** Relaxed SIMD fuses a multiplication and an addition into one operation, rounded once. Threads need shared memory. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'relaxed-shared': ['--enable=simd,relaxed-simd,threads', '--sharedMemory'],
  relaxed: ['--enable=simd,relaxed-simd,threads'],
  'plain-shared': ['--enable=simd,threads', '--sharedMemory'],
  plain: ['--enable=simd,threads'],
};

export function assemblyScript(): Plugin {
  return {
    name: 'assemblyscript-kernels',
    enforce: 'pre',
    load: {
      filter: { id: QUERY },
      async handler(id) {
        const { file, variant } = QUERY.exec(id)?.groups ?? {};
        if (file === undefined || variant === undefined) return null;
        const sources = await sourcesBeside(file);
        for (const source of sources) this.addWatchFile(source);
        const program = normalizePath(await compiled(file, sources, variant));
        return `export { default } from ${JSON.stringify(`${program}?url&no-inline`)};`;
      },
    },
  };
}

async function sourcesBeside(file: string): Promise<string[]> {
  const folder = dirname(file);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted();
  return names.map((name) => join(folder, name));
}

/** Compiles a variant, unless the cache has it. @returns path of the program */
async function compiled(file: string, sources: readonly string[], variant: string): Promise<string> {
  const options = VARIANTS[variant];
  if (!options)
    throw new Error(`There is no variant "${variant}" of the kernels; there is ${Object.keys(VARIANTS).join(', ')}.`);
  const hash = createHash('sha256').update(JSON.stringify([version, COMMON, options]));
  for (const source of sources) hash.update(await readFile(source));
  const folder = join(CACHE, hash.digest('hex').slice(0, 16));
  const kept = join(folder, `kernels-${variant}.wasm`);
  if (!existsSync(kept)) {
    const program = await compile(file, [...COMMON, ...options]);
    await mkdir(folder, { recursive: true });
    // renamed at the end, so that two builds, or two workers of one build, never read a partial file
    const partial = `${kept}.${randomUUID()}`;
    await writeFile(partial, program);
    await rename(partial, kept);
  }
  return kept;
}

async function compile(file: string, options: readonly string[]): Promise<Uint8Array> {
  let program: Uint8Array | undefined;
  const stderr = createMemoryStream();
  const { error } = await main([file, '--outFile', 'kernels.wasm', ...options], {
    stderr,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm') && typeof contents !== 'string') program = contents;
    },
  });
  if (error || !program) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  return program;
}
