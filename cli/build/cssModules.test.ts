/**
 * TypeScript accepts any name as a class of a CSS module, so a misspelt class would silently have no effect.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../lib/paths.ts';

const SRC = join(ROOT, 'src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).toSorted();
const MODULES = FILES.filter((path) => path.endsWith('.module.css'));
const SOURCES = new Map(
  FILES.filter((path) => /\.tsx?$/.test(path)).map((path) => [path, readFileSync(join(SRC, path), 'utf8')]),
);
const IMPORT = /^import (\w+) from '([^']+\.module\.css)';$/gm;

function modulesOf(path: string, source: string): readonly { readonly alias: string; readonly module: string }[] {
  return [...source.matchAll(IMPORT)].map(([, alias, address]) => ({
    alias: alias!,
    module: address!.startsWith('#page/')
      ? join('page', address!.slice('#page/'.length))
      : join(dirname(path), address!),
  }));
}

function definedIn(module: string): ReadonlySet<string> {
  const selectors = readFileSync(join(SRC, module), 'utf8')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/:global\([^)]*\)/g, '')
    .replaceAll(/\{[^{}]*\}/g, '{}')
    .replaceAll(/@[^{]*\{/g, '{');
  return new Set([...selectors.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name]) => name!));
}

function usedOf(module: string): ReadonlySet<string> {
  const used = new Set<string>();
  for (const [path, source] of SOURCES) {
    for (const { alias, module: imported } of modulesOf(path, source)) {
      if (imported !== module) continue;
      for (const [, name] of source.replaceAll(IMPORT, '').matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g')))
        used.add(name!);
    }
  }
  return used;
}

test.each(MODULES)('%s defines the classes that are used of it, and no others', (module) => {
  expect([...usedOf(module)].toSorted()).toEqual([...definedIn(module)].toSorted());
});

test('no class is written as a text: no global sheet defines it', () => {
  for (const [path, source] of SOURCES) expect(source, path).not.toMatch(/className=["'`]/);
});

test('every module that is imported is there, and its classes are named one by one', () => {
  for (const [path, source] of SOURCES) {
    for (const { alias, module } of modulesOf(path, source)) {
      expect(MODULES, path).toContain(module);
      expect(source, path).not.toMatch(new RegExp(`\\b${alias}\\[`));
    }
  }
});
