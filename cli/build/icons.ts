/**
 * `node --import tsx cli/build/icons.ts` draws the icons of the installed lab from public/favicon.svg, in the browser that
 * the tests use. Run it when the drawing changes, and commit the files that it writes to public/icons.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { chromium } from 'playwright';
import { browserFlags, findBrowser } from '../lib/browser.ts';
import { runCommand } from '../lib/command.ts';
import { ROOT } from '../lib/paths.ts';

/** `share` is the drawing's part of the side. A system may crop a maskable icon to the middle 80%. */
const ICONS = [
  { name: 'icon-192.png', side: 192, share: 1, background: 'transparent' },
  { name: 'icon-512.png', side: 512, share: 1, background: 'transparent' },
  { name: 'maskable-512.png', side: 512, share: 0.8, background: '#5558c4' },
] as const;

await runCommand(async () => {
  const folder = join(ROOT, 'public', 'icons');
  const drawing = await readFile(join(ROOT, 'public', 'favicon.svg'));
  const source = `data:image/svg+xml;base64,${drawing.toString('base64')}`;
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: findBrowser(), args: browserFlags('system') });
  try {
    for (const { name, side, share, background } of ICONS) {
      const page = await browser.newPage({ viewport: { width: side, height: side } });
      await page.setContent(
        `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${background}">
           <img src="${source}" style="width:${share * 100}%" alt="">`,
      );
      await page.locator('img').evaluate((image: HTMLImageElement) => image.decode());
      const path = join(folder, name);
      await page.screenshot({ path, omitBackground: true });
      await page.close();
      console.log(relative(ROOT, path));
    }
  } finally {
    await browser.close();
  }
});
