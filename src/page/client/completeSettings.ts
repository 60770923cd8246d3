/**
 * What a person has set in the Complete room, and the text: kept in this browser. The text is a store of its own, since it changes
 * with every key, and what is drawn beside it need not.
 */
import { create } from 'zustand';
import { z } from 'zod';
import { notify } from '../ui/notices.ts';
import { readSettings, writeSettings } from '../ui/settings.ts';
import { DEFAULT_DECODING, decodingSchema } from '#core/completion/decoding.ts';
import { EXAMPLES } from './exampleTexts.ts';

export const COLOURINGS = ['nothing', 'surprise', 'unit', 'difference'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Who comes for the first time finds something that goes on. */
const [{ text: FIRST_TEXT }] = EXAMPLES;

const textSchema = z.object({ text: z.string().default(FIRST_TEXT).catch('') });
const settingsSchema = z.object({
  /** Of the run that completes; null takes the newest. */
  runId: z.string().nullable().catch(null),
  /** Of the run that the text is shown under, too; null for none. */
  secondId: z.string().nullable().catch(null),
  decoding: decodingSchema.catch(DEFAULT_DECODING),
  /** Offers names of the text in the place of `<UNK>`. */
  pointer: z.boolean().catch(false),
  colouring: z.enum(COLOURINGS).catch('nothing'),
  layer: z.union([z.literal(1), z.literal(2)]).catch(1),
  /** From 0. */
  unit: z.int().min(0).catch(0),
});
export type Settings = z.infer<typeof settingsSchema>;

const KEY = 'minicopilot.complete';

const kept = readSettings({
  key: KEY,
  what: 'the text or the settings of this room',
  schema: settingsSchema.extend(textSchema.shape),
  empty: {},
});

export const useSettings = create<Settings>()(() => settingsSchema.parse(kept));
export const useText = create<z.infer<typeof textSchema>>()(() => ({ text: kept.text }));

/** Milliseconds that typing has to rest before the text is kept. */
const REST = 400;
let timer: ReturnType<typeof setTimeout> | undefined;

export function change(settings: Partial<Settings>): void {
  useSettings.setState(settings);
  keepSoon();
}

export function changeText(text: string): void {
  useText.setState({ text });
  keepSoon();
}

function keepSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(keep, REST);
}

let isToldNotKept = false;

function keep(): void {
  const isKept = writeSettings(KEY, { ...useSettings.getState(), ...useText.getState() });
  if (isKept || isToldNotKept) return;
  isToldNotKept = true;
  notify({ text: 'This browser does not keep the text of Complete: copy it before you leave or reload the page.' });
}

window.addEventListener('pagehide', keep);
