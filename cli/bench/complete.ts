/**
 * The time of a keystroke on the Complete page in real Chromium, with a full-size model, trained for a few minutes, in a file of 900 tokens.
 * Measures the time from the key to the frame in which the candidates, and the whole line, are drawn. The model's own part is compared with
 * PyTorch, which keeps its state as the lab does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { lexText } from '#core/python/code/text.ts';
import { modelSpec } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import { NO_LITERALS } from '#core/python/lexer/tokens.ts';
import { ensureDefaultDataset } from '../data/defaultDataset.ts';
import { SOURCES } from '../data/sources.ts';
import { openLab, type LabPage } from '../lib/page.ts';
import { DEFAULT_DATASET } from '../lib/paths.ts';
import { TrainingTerminal } from '../lib/progress.ts';
import { buildSite, serveSite } from '../lib/site.ts';
import { loadDataset, plannedConfig, train, type TrainingPlan } from '../lib/training.ts';
import type { Bench, BenchOptions, BenchRow } from './bench.ts';
import { findTorch, NO_TORCH, slowBlas, timeTorchCompletion } from './pytorch.ts';

const PLAN: TrainingPlan = {
  dataset: DEFAULT_DATASET,
  models: ['lstm'],
  device: 'cpu',
  preset: 'task',
  changes: { epochs: 3 },
};
/** Whether the file was in the training split does not matter: reading costs the same. */
const FILE = 'textwrap.py';
const TOKENS = 900;
const KEYS = 200;
/** Number of first keys that are not counted, since the browser still compiles code. */
const FIRST_KEYS = 30;
/** Milliseconds between two keys of a fast typist. */
const PAUSE = 60;

export const completeBench: Bench = {
  name: 'complete',
  summary: 'the page: a keystroke in Complete with a full-size LSTM and 900 tokens; compared with PyTorch',
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<readonly BenchRow[]> {
  await ensureDefaultDataset();
  const { text, more } = await fileOf(TOKENS);
  const site = await serveSite(await buildSite(), { port: 0 });
  try {
    const lab = await openLab(`${site.address}#/data`, 'system', 1);
    try {
      say('Training a full-size LSTM for some minutes ...');
      const terminal = new TrainingTerminal({ isTTY: false, columns: 80, write: () => undefined });
      const manifest = await loadDataset(lab, PLAN.dataset, terminal);
      const epochs = quick ? 1 : (PLAN.changes.epochs ?? 1);
      const full = plannedConfig(PLAN, manifest);
      const config = { ...full, batch: 8, length: 256, epochs, trainFiles: quick ? 80 : null };
      const { failure } = await train(lab, PLAN, config, terminal, new AbortController().signal);
      if (failure !== null) throw failure;

      const keys = quick ? 60 : KEYS;
      await openPage(lab, text);
      say('Typing at the end of the file ...');
      await typeKeys(lab, more.slice(0, FIRST_KEYS));
      const atEnd = await typeKeys(lab, more.slice(FIRST_KEYS, FIRST_KEYS + keys));
      say('Typing in the middle of it ...');
      await goToMiddle(lab, text);
      const inMiddle = await typeKeys(lab, more.slice(0, keys));
      const spec = modelSpec('lstm', config, manifest.vocabulary.tokens.length);
      return [
        ...rowsOf('at the end', atEnd),
        ...rowsOf('in the middle', inMiddle),
        ...(await peers(lab, spec, text, say)),
      ];
    } finally {
      await lab.close();
    }
  } finally {
    await site.close();
  }
}

/** The first tokens of a file, and the rest of it without indentation, which the editor adds. */
async function fileOf(tokens: number): Promise<{ readonly text: string; readonly more: string }> {
  const source = SOURCES.find(({ name }) => name === 'python-stdlib');
  const opened = await source!.open('');
  for await (const item of opened.source.read({ signal: new AbortController().signal, onBytes: () => undefined })) {
    if (item.kind !== 'python' || item.path !== FILE) continue;
    const whole = new TextDecoder().decode(item.bytes);
    const { starts } = lexText(whole, { rules: 'codexglue-2021', reading: 'text', kept: NO_LITERALS });
    // cut at the beginning of a line
    const cut = whole.lastIndexOf('\n', starts[tokens]) + 1;
    return { text: whole.slice(0, cut), more: whole.slice(cut).replaceAll(/\n\s*/g, '\n').trimStart() };
  }
  return fail('not-found', `The standard library has no ${FILE}.`, 'Choose another file in cli/bench/complete.ts.');
}

async function openPage({ page, guard }: LabPage, text: string): Promise<void> {
  await guard(page.getByRole('link', { name: 'Complete', exact: true }).click());
  await guard(page.locator('.cm-content').waitFor());
  const file = { name: FILE, mimeType: 'text/x-python', buffer: Buffer.from(text) };
  await guard(page.getByLabel('Your own file').setInputFiles(file));
  await guard(
    page.locator(`[aria-labelledby=candidates-title][data-at="${text.length}"]`).waitFor({ timeout: 60_000 }),
  );
  await sleep(1_000);
}

async function goToMiddle({ page, guard }: LabPage, text: string): Promise<void> {
  const lines = text.split('\n').length;
  await guard(page.keyboard.press('Control+Home'));
  for (let i = 0; i < lines / 2; i++) await guard(page.keyboard.press('ArrowDown'));
  await guard(page.keyboard.press('End'));
  await guard(page.keyboard.press('Enter'));
  await sleep(2_000);
}

/** The measured times of a key press. */
interface Key {
  readonly place: string;
  /** Milliseconds from the key to the frame with its candidates, and to the one with its line. */
  readonly candidates: number;
  readonly line: number;
  readonly lineTokens: number;
}

/** Keys are pressed within the page. With few cores, a program that presses them from outside would delay what it measures. */
function typeKeys({ page, guard }: LabPage, text: string): Promise<readonly Key[]> {
  return guard(
    page.evaluate(
      async ({ text, pause }) => {
        const list = document.querySelector<HTMLElement>('[aria-labelledby=candidates-title]');
        const bar = document.querySelector<HTMLElement>('output[aria-label=Suggestion]');
        const editor = document.querySelector<HTMLElement>('.cm-content');
        if (!list || !bar || !editor) throw new Error('the page has no editor');
        editor.focus();
        const keys: Key[] = [];
        for (const character of text) {
          await new Promise((resolve) => setTimeout(resolve, pause));
          const before = list.dataset['at'];
          let candidates = 0;
          const pressed = performance.now();
          const key = new Promise<Key>((resolve, reject) => {
            const patience = setTimeout(
              () => reject(new Error(`no answer came for the key typed after ${before}`)),
              10_000,
            );
            const observer = new MutationObserver(() => {
              const at = list.dataset['at'];
              if (at === before) return;
              requestAnimationFrame(() => (candidates ||= performance.now() - pressed));
              if (bar.dataset['at'] !== at) return;
              observer.disconnect();
              clearTimeout(patience);
              requestAnimationFrame(() => {
                resolve({
                  place: list.dataset['place'] ?? '',
                  candidates,
                  line: performance.now() - pressed,
                  lineTokens: Number(bar.dataset['tokens'] ?? 0),
                });
              });
            });
            for (const element of [list, bar]) observer.observe(element, { attributes: true });
          });
          const name = character === '\n' ? 'Enter' : character;
          const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true });
          // the browser inserts the character unless the editor handles the key, as with a real key
          if (editor.dispatchEvent(event)) document.execCommand('insertText', false, character);
          keys.push(await key);
        }
        return keys;
      },
      { text, pause: PAUSE },
    ),
  );
}

function rowsOf(where: string, all: readonly Key[]): BenchRow[] {
  const keys = all.filter(({ place }) => place === 'code');
  const offered = keys.filter(({ lineTokens }) => lineTokens > 0);
  const tokens = offered.reduce((sum, { lineTokens }) => sum + lineTokens, 0) / Math.max(1, offered.length);
  const longest = Math.max(0, ...offered.map(({ lineTokens }) => lineTokens));
  const row = (what: string, milliseconds: number): BenchRow => {
    return {
      bench: 'complete',
      what: `${what}, ${where} of ${TOKENS} tokens`,
      device: 'page',
      subject: 'lab',
      milliseconds,
    };
  };
  const lines = `${offered.length} of ${keys.length} keys had a line, of ${tokens.toFixed(1)} tokens, at most ${longest}`;
  return [
    row(
      'candidates drawn after a key, median',
      quantile(keys, 0.5, ({ candidates }) => candidates),
    ),
    row(
      'candidates drawn after a key, 95%',
      quantile(keys, 0.95, ({ candidates }) => candidates),
    ),
    row(
      `whole line drawn after a key, median (${lines})`,
      quantile(offered, 0.5, ({ line }) => line),
    ),
    row(
      'whole line drawn after a key, 95%',
      quantile(offered, 0.95, ({ line }) => line),
    ),
    row(
      'whole line drawn after a key, longest',
      quantile(offered, 1, ({ line }) => line),
    ),
  ];
}

function quantile<T>(all: readonly T[], share: number, of: (one: T) => number): number {
  const sorted = all.map(of).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Reading one token and finding its candidates, in the lab's worker without drawing, and in PyTorch on one thread. */
async function peers(
  lab: LabPage,
  spec: ReturnType<typeof modelSpec>,
  text: string,
  say: BenchOptions['say'],
): Promise<BenchRow[]> {
  say('One token at a time ...');
  const milliseconds = await lab.guard(lab.page.evaluate(readTokens, { text, tokens: KEYS, pause: PAUSE }));
  const own = quantile(milliseconds, 0.5, (one) => one);
  const what = 'one token read and its candidates, median';
  const row = { bench: 'complete', what, device: 'cpu', threads: 1, model: 'lstm' } as const;
  const torch = await findTorch();
  if (!torch) {
    say(NO_TORCH);
    return [{ ...row, subject: 'lab', milliseconds: own }];
  }
  const slow = slowBlas(torch);
  if (slow !== null) say(slow);
  say('PyTorch ...');
  const { seconds, version, blas } = await timeTorchCompletion(torch, spec, TOKENS, KEYS, PAUSE);
  const other = quantile(seconds, 0.5, (one) => one * 1_000);
  const peer = { ...row, subject: `PyTorch ${version}`, milliseconds: other, ratio: other / own };
  return [
    { ...row, subject: 'lab', milliseconds: own },
    { ...peer, ...(blas === null ? {} : { adapter: blas }) },
  ];
}

/** Runs in the page. Each request has one more token, as if typed. */
async function readTokens({ text, tokens, pause }: { text: string; tokens: number; pause: number }): Promise<number[]> {
  const lab = globalThis.minicopilot;
  const run = Object.values(lab?.state().runs ?? {})[0];
  if (!lab || !run) throw new Error('there is no model');
  const completer = await lab.completer();
  await completer.open({ runId: run.id, address: null });
  const times: number[] = [];
  let typed = text;
  for (let i = 0; i < tokens; i++) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    typed += i % 2 === 0 ? ' +' : ' (';
    // greater than any ticket of the page
    const ticket = 1e9 + i;
    const request = { ticket, runId: run.id, text: typed, cursor: typed.length, cache: true };
    const from = performance.now();
    await completer.candidates(request);
    times.push(performance.now() - from);
  }
  // the first one reads the whole text
  return times.slice(1);
}
