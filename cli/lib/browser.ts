/**
 * Finds the Chromium that the commands and tests use, and the flags it needs. It looks in this order: `CHROME_PATH`; an installed Chrome or
 * Chromium; Playwright's own; on Debian as root, it runs `apt-get install chromium`. As a command, this file prints the path, and installs
 * Chromium if that is possible.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import { CommandError, runCommand } from './command.ts';

/** What the finder needs to know about the machine; tests pass their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly root: boolean;
  /** Whether the path is a program that can be started. */
  runs(path: string): boolean;
  /** Where Playwright would install its own Chromium. */
  playwright(): string;
  /** Whether this is Debian itself; Ubuntu's package `chromium` only installs a snap. */
  debian(): boolean;
  /** Whether the system shows a GPU device. */
  gpu(): boolean;
  /** Installs Debian's package; false if that failed. */
  install(): boolean;
}

const NO_BROWSER_EXIT = 2;

/** Names on PATH, the stable release first. */
const NAMES = ['google-chrome-stable', 'google-chrome', 'chrome', 'chromium', 'chromium-browser'];

const LINUX_PLACES = [
  '/opt/google/chrome/chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/local/bin/chromium',
  '/snap/bin/chromium',
];
const MAC_APPLICATIONS = ['Google Chrome', 'Chromium', 'Google Chrome Canary'];
const WINDOWS_PROGRAMS = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];

/**
 * Finds or installs the browser. @returns its path
 * @throws CommandError with exit code 2 and one line on what to install
 */
export function findBrowser(machine: Machine = thisMachine): string {
  const found = locateBrowser(machine);
  if (found !== null) return found;
  if (machine.root && machine.debian() && machine.install()) {
    const installed = locateBrowser(machine);
    if (installed !== null) return installed;
  }
  throw new CommandError(
    NO_BROWSER_EXIT,
    'No Chrome or Chromium was found.',
    'Install one (Debian: apt-get install chromium; anywhere: npx playwright install chromium), or name it in CHROME_PATH.',
  );
}

/** The path of an installed browser, or null. Installs nothing. */
export function locateBrowser(machine: Machine = thisMachine): string | null {
  const named = machine.environment['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    if (machine.runs(named)) return named;
    throw new CommandError(
      NO_BROWSER_EXIT,
      `CHROME_PATH names ${named}, which is not a program.`,
      'Correct it, or unset it to search for a browser.',
    );
  }
  return [...usualPlaces(machine), machine.playwright()].find((path) => path !== '' && machine.runs(path)) ?? null;
}

function usualPlaces({ platform, environment }: Machine): string[] {
  const value = (name: string) => environment[name] ?? '';
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(value).filter((root) => root !== '');
    const onPath = value('PATH').split(';').filter(Boolean);
    return [
      ...roots.flatMap((root) => WINDOWS_PROGRAMS.map((program) => win32.join(root, program))),
      ...onPath.flatMap((folder) => ['chrome.exe', 'chromium.exe'].map((name) => win32.join(folder, name))),
    ];
  }
  const onPath = value('PATH').split(':').filter(Boolean);
  const programs = NAMES.flatMap((name) => onPath.map((folder) => posix.join(folder, name)));
  if (platform === 'darwin') {
    const folders = ['/Applications', posix.join(value('HOME'), 'Applications')];
    const bundles = MAC_APPLICATIONS.flatMap((name) =>
      folders.map((folder) => posix.join(folder, `${name}.app/Contents/MacOS/${name}`)),
    );
    return [...bundles, ...programs];
  }
  return [...programs, ...LINUX_PLACES];
}

/** `software`: Chromium's own CPU adapter; `system`: the machine's adapter, if it has one. */
export type WebGpu = 'system' | 'software';

/** The adapter for commands that need WebGPU on this machine. */
export function webGpuHere(machine: Machine = thisMachine): WebGpu {
  return machine.gpu() ? 'system' : 'software';
}

/** Chromium's flags in addition to Playwright's. */
export function browserFlags(webGpu: WebGpu, machine: Machine = thisMachine): string[] {
  const flags = [
    // no requests except to the lab's own server
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--no-pings',
    '--no-first-run',
  ];
  // Chromium's sandbox cannot start as root
  if (machine.root) flags.push('--no-sandbox');
  if (webGpu === 'software') flags.push('--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader');
  // on Linux, these flags are still needed for a GPU's adapter
  else if (machine.platform === 'linux' && machine.gpu())
    flags.push('--enable-unsafe-webgpu', '--enable-features=Vulkan');
  return flags;
}

export const thisMachine: Machine = {
  platform: process.platform,
  environment: process.env,
  root: process.getuid?.() === 0,
  runs(path) {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false; // a missing file and one without permission are treated the same
    }
  },
  playwright: () => chromium.executablePath(),
  debian() {
    return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  },
  gpu: () => process.platform !== 'linux' || existsSync('/dev/dri/renderD128') || existsSync('/dev/nvidia0'),
  install() {
    const apt = (...words: string[]) =>
      execFileSync('apt-get', ['-qq', '-y', ...words], {
        stdio: ['ignore', 2, 2], // stdout belongs to the command
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    try {
      console.error('No browser was found: installing Chromium with apt-get.');
      apt('update');
      apt('install', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
      return true;
    } catch {
      return false; // apt-get has printed the reason; the finder says what to do
    }
  },
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await runCommand(async () => {
    console.log(await Promise.resolve(findBrowser()));
  });
}
