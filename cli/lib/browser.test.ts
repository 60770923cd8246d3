import { describe, expect, it } from 'vitest';
import { browserFlags, findBrowser, locateBrowser, type Machine, webGpuHere } from './browser.ts';
import { CommandError } from './command.ts';

/** A Linux machine that has only `programs`, changed by `but`. A test may install more programs. */
function machine(programs: string[], but: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    environment: { PATH: '/usr/local/bin:/usr/bin' },
    root: false,
    runs: (path) => programs.includes(path),
    playwright: () => '/cache/playwright/chrome',
    debian: () => false,
    gpu: () => false,
    install: () => {
      throw new Error('nothing may be installed here');
    },
    ...but,
  };
}

describe('findBrowser', () => {
  const everything = ['/mine/chrome', '/usr/bin/chromium', '/cache/playwright/chrome'];

  it('takes CHROME_PATH first', () => {
    const environment = { CHROME_PATH: '/mine/chrome', PATH: '/usr/bin' };
    expect(findBrowser(machine(everything, { environment }))).toBe('/mine/chrome');
  });

  it('does not look on when CHROME_PATH is wrong', () => {
    const environment = { CHROME_PATH: '/gone/chrome', PATH: '/usr/bin' };
    expect(() => findBrowser(machine(everything, { environment }))).toThrow('CHROME_PATH names /gone/chrome');
  });

  it('takes an installed browser before Playwright’s own', () => {
    expect(findBrowser(machine(everything))).toBe('/usr/bin/chromium');
    expect(findBrowser(machine(['/cache/playwright/chrome']))).toBe('/cache/playwright/chrome');
  });

  it('takes Chrome before Chromium, and looks beyond PATH', () => {
    expect(findBrowser(machine(['/usr/bin/chromium', '/usr/local/bin/google-chrome']))).toBe(
      '/usr/local/bin/google-chrome',
    );
    expect(findBrowser(machine(['/opt/google/chrome/chrome']))).toBe('/opt/google/chrome/chrome');
  });

  it('knows the places of macOS and Windows', () => {
    const mac = '/Users/me/Applications/Chromium.app/Contents/MacOS/Chromium';
    expect(findBrowser(machine([mac], { platform: 'darwin', environment: { HOME: '/Users/me' } }))).toBe(mac);
    const windows = 'C:\\Users\\me\\Local\\Google\\Chrome\\Application\\chrome.exe';
    const environment = { LOCALAPPDATA: 'C:\\Users\\me\\Local' };
    expect(findBrowser(machine([windows], { platform: 'win32', environment }))).toBe(windows);
  });

  it('installs on Debian as root, and only there', () => {
    const programs: string[] = [];
    const install = () => programs.push('/usr/bin/chromium') > 0;
    expect(() => findBrowser(machine(programs, { root: false, debian: () => true, install }))).toThrow(CommandError);
    expect(() => findBrowser(machine(programs, { root: true, debian: () => false, install }))).toThrow(CommandError);
    expect(programs).toEqual([]);
    expect(findBrowser(machine(programs, { root: true, debian: () => true, install }))).toBe('/usr/bin/chromium');
  });

  it('ends with exit code 2 and one line where there is none', () => {
    const bare = machine([], { root: true, debian: () => true, install: () => false });
    expect(locateBrowser(bare)).toBeNull();
    const line = /^No Chrome or Chromium was found\. Install one [^\n]*$/;
    expect(() => findBrowser(bare)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(line) }),
    );
  });
});

describe('browserFlags', () => {
  it('asks for the software adapter only where it is wanted', () => {
    expect(browserFlags('software', machine([]))).toContain('--use-webgpu-adapter=swiftshader');
    expect(browserFlags('system', machine([])).join(' ')).not.toMatch(/webgpu|Vulkan/);
    expect(browserFlags('system', machine([], { gpu: () => true }))).toContain('--enable-unsafe-webgpu');
    expect(webGpuHere(machine([]))).toBe('software');
    expect(webGpuHere(machine([], { gpu: () => true }))).toBe('system');
  });

  it('drops the sandbox as root alone', () => {
    expect(browserFlags('system', machine([], { root: true }))).toContain('--no-sandbox');
    expect(browserFlags('system', machine([]))).not.toContain('--no-sandbox');
  });
});
