/** What the user has set on the Complete page, and the text; stored in this browser. */
import { z } from 'zod';
import { notify } from '../ui/notices.ts';
import { createPersisted } from '../ui/persisted.ts';
import { DEFAULT_DECODING, decodingSchema } from '#core/completion/decoding.ts';
import { EXAMPLES } from './exampleTexts.ts';

export const COLOURINGS = ['nothing', 'surprise', 'unit', 'difference'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** A first visit finds a text that a model can continue. */
const [{ text: FIRST_TEXT }] = EXAMPLES;

const completeSchema = z.object({
  /** Id of the run that completes; null takes the newest. */
  runId: z.string().nullable().catch(null),
  /** Id of a second run that the text is shown under; null for none. */
  secondId: z.string().nullable().catch(null),
  decoding: decodingSchema.catch(DEFAULT_DECODING),
  /** Whether a cache over the text adds to what the model expects. */
  cache: z.boolean().catch(true),
  /** Whose surprise colors the text: the model's with the cache, or the model's alone. */
  surpriseWithCache: z.boolean().catch(false),
  colouring: z.enum(COLOURINGS).catch('nothing'),
  layer: z.int().min(1).catch(1),
  /** From 0. */
  unit: z.int().min(0).catch(0),
  /** Changes with every key: a component selects the fields that it shows. */
  text: z.string().default(FIRST_TEXT).catch(''),
});

/** Milliseconds that typing rests before the text is stored. */
const REST = 400;

let isRefusalShown = false;

export const useCompleteSettings = createPersisted({
  key: 'minicopilot.complete',
  what: 'the text or the settings of this page',
  schema: completeSchema,
  empty: {},
  rest: REST,
  onRefused() {
    if (isRefusalShown) return;
    isRefusalShown = true;
    notify({ text: 'This browser cannot store the text of Complete. Copy it before you leave or reload the page.' });
  },
});
