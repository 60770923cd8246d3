/** Complete accepts a text up to the limit and refuses a larger one with a message, and the page stays responsive. */
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { editor, textOf } from './completing.ts';
import { notice, openLab } from './lab.ts';
import { expect, test } from './test.ts';

const LIMIT = 300_000;
/** Milliseconds of CPU time that one task of the main thread may take. */
const LONGEST_TASK = 200;

const lineOf = (i: number) => `def task_${i % 97}(value, name="v${i % 13}"):\n    return value + ${i % 29}\n\n`;
const textOfLength = (length: number) =>
  Array.from({ length: Math.ceil(length / 40) }, (_, i) => lineOf(i))
    .join('')
    .slice(0, length);

const settingsSchema = z.object({ text: z.string().default('') });
async function kept(page: Page): Promise<string> {
  const stored = await page.evaluate(() => localStorage.getItem('minicopilot.complete') ?? '{}');
  return settingsSchema.parse(JSON.parse(stored)).text;
}

/** Chromium's trace events of a thread: its name, or the microseconds of CPU time in one task. */
const traceSchema = z.array(
  z.object({
    name: z.string(),
    pid: z.number(),
    tid: z.number(),
    tdur: z.number().default(0),
    args: z.object({ name: z.string().optional() }).optional(),
  }),
);
type Trace = z.infer<typeof traceSchema>;

/** Milliseconds of CPU time of each task on the page's main thread. */
function tasksOf(events: Trace): number[] {
  const thread = ({ pid, tid }: Trace[number]) => `${pid} ${tid}`;
  const named = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const main = new Set(named.map(thread));
  return events.filter((event) => event.name === 'RunTask' && main.has(thread(event))).map(({ tdur }) => tdur / 1_000);
}

async function emptied(page: Page): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
}

/** Copies a text to the clipboard and pastes it by keyboard. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await editor(page).click();
  await page.keyboard.press('Control+v');
}

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

test('a text up to the limit is there after a reload', async ({ page }) => {
  await openLab(page, 'complete');
  await emptied(page);
  const text = textOfLength(LIMIT - 10);
  await paste(page, text);
  await page.keyboard.press('Control+End');
  await page.keyboard.type('x = 12345');
  await expect.poll(async () => (await kept(page)) === `${text}x = 12345`).toBe(true);
  await page.keyboard.type('67'); // one character too many
  await expect(notice(page)).toContainText(
    'The text would have 300,001 characters. The editor accepts at most 300,000.',
  );
  await expect.poll(async () => (await kept(page)) === `${text}x = 123456`).toBe(true);
  await page.reload();
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await expect.poll(() => textOf(page)).toContain('x = 123456');
  expect(await kept(page)).toBe(`${text}x = 123456`);
});

test('a paste of five million characters is refused in words, without a long task', async ({ page }) => {
  await openLab(page, 'complete');
  await emptied(page);
  await page.keyboard.type('import os');
  const client = await page.context().newCDPSession(page);
  const events: Trace = [];
  client.on('Tracing.dataCollected', ({ value }) => events.push(...traceSchema.parse(value)));
  await page.evaluate((words) => navigator.clipboard.writeText(words), textOfLength(5e6));
  await page.waitForTimeout(1_000);
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] },
  });
  await page.keyboard.press('Control+v');
  await expect(notice(page)).toContainText(
    'The text would have 5,000,000 characters. The editor accepts at most 300,000.',
  );
  await page.waitForTimeout(500);
  const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.end');
  await complete;
  const tasks = tasksOf(events);
  expect(tasks.length).toBeGreaterThan(0);
  expect(Math.max(...tasks)).toBeLessThan(LONGEST_TASK);
  await expect(editor(page)).toContainText('import os');
  await expect.poll(() => kept(page)).toBe('import os');
});

test('a longer text that an older lab kept is there, and may get shorter', async ({ page }) => {
  await openLab(page, 'complete');
  const text = textOfLength(LIMIT + 50_000);
  await page.evaluate((words) => {
    window.addEventListener('pagehide', () =>
      localStorage.setItem('minicopilot.complete', JSON.stringify({ text: words })),
    );
  }, text);
  await page.reload();
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Backspace');
  await expect.poll(async () => (await kept(page)) === text.slice(0, -1)).toBe(true);
});
