/** A line, or a few, from a model's choices: the likeliest token each time, drawn ones, or the likeliest of several drafts. */
import { END_TOKEN, EOL_TOKEN, START_TOKEN, UNK_TOKEN } from '../python/specialTokens.ts';
import type { RandomStream } from '../random/stream.ts';
import { streamFor } from '../random/stream.ts';
import type { Choice, Choices } from './choice.ts';
import type { Decoding } from './decoding.ts';

/** A model at a position in a text. */
export interface Writer {
  /** Reads a first token a draft. @returns what may follow each */
  begin(ids: readonly number[]): Promise<readonly Choices[]>;
  /** Reads one more token for each draft. @param parents the draft of the last call that each one continues */
  step(ids: readonly number[], parents: readonly number[]): Promise<readonly Choices[]>;
}

export type End = 'line' | 'file' | 'unknown' | 'length';

export interface Decoded {
  /** To be written: no `<UNK>`, `<s>` or `</s>` of the model among them, no end of line at the end. */
  readonly choices: readonly Choice[];
  readonly end: End;
}

export interface DecodeRequest {
  readonly first: Choices;
  /** Index of the first choice that the line begins with; null lets the decoding choose. */
  readonly begin: number | null;
  readonly writer: Writer;
  readonly decoding: Decoding;
  /** Called before each token. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
}

/** Maximum tokens of a line: a small model may never end it. */
const MAX_OF_LINE = 64;

/** @returns null where it was aborted */
export function decodeLine(request: DecodeRequest): Promise<Decoded | null> {
  const { decoding } = request;
  switch (decoding.method) {
    case 'greedy':
      return oneByOne(request, (choices) => choices(1)[0]);
    case 'sample':
      return oneByOne(request, drawing(decoding));
    case 'beam':
      return byBeams(request);
    default:
      return decoding.method satisfies never;
  }
}

interface Draft {
  readonly choices: readonly Choice[];
  /** Tokens of the line so far. */
  readonly tokens: number;
  /** Lines that are written. */
  readonly lines: number;
  readonly end: End | null;
}

const NOTHING: Draft = { choices: [], tokens: 0, lines: 0, end: null };

const canBeWritten = ({ token }: Choice) => token !== START_TOKEN && token !== UNK_TOKEN;

/**
 * A line that would begin with `<UNK>` begins with the likeliest token that can be written, if there is any: this is more useful to the
 * user than no line.
 */
const writable =
  (choices: Choices): Choices =>
  (count) => {
    // two tokens cannot be written
    const left = choices(count + 2).filter(canBeWritten);
    return left.length > 0 ? left.slice(0, count) : choices(count);
  };

function extended(draft: Draft, choice: Choice, lines: number, chosen: boolean): Draft {
  const ended = (end: End): Draft => ({ ...draft, end });
  const { choices } = draft;
  if (choice.token === END_TOKEN) return ended('file');
  if (!canBeWritten(choice)) return ended('unknown');
  if (choice.token !== EOL_TOKEN) {
    if (draft.tokens === MAX_OF_LINE) return ended('length');
    return { ...draft, choices: [...choices, choice], tokens: draft.tokens + 1 };
  }
  // An end of line that somebody chose to begin with ends the line that is there already.
  if (chosen) return { ...draft, choices: [choice] };
  // The tokens contain no empty lines: a model that predicts one has nothing more to add.
  if (choices.at(-1)?.token === EOL_TOKEN) return ended('line');
  const written = draft.lines + 1;
  if (written === lines) return ended('line');
  return { choices: [...choices, choice], tokens: 0, lines: written, end: null };
}

function finished({ choices, end }: Draft): Decoded {
  const trailing = choices.at(-1)?.token === EOL_TOKEN;
  return { choices: trailing ? choices.slice(0, -1) : choices, end: end ?? 'line' };
}

async function oneByOne(
  { first, begin, writer, decoding, signal }: DecodeRequest,
  pick: (choices: Choices) => Choice | undefined,
): Promise<Decoded | null> {
  let draft = NOTHING;
  let next = writable(first);
  for (let written = 0; ; written++) {
    const chosen = written === 0 && begin !== null;
    const choice = chosen ? first(begin + 1)[begin] : pick(next);
    if (!choice) return finished(draft);
    draft = extended(draft, choice, decoding.lines, chosen);
    if (draft.end !== null) return finished(draft);
    if (signal.aborted) return null;
    const [after] = written === 0 ? await writer.begin([choice.id]) : await writer.step([choice.id], [0]);
    next = after!;
  }
}

/** Draws by probability to the power of 1 / temperature, which is what dividing logits by it comes to, from the likeliest `topK`. */
function drawing({ temperature, topK, seed }: Decoding): (choices: Choices) => Choice | undefined {
  const random: RandomStream = streamFor(seed, 'completion');
  return (choices) => {
    const among = choices(topK);
    const likeliest = among[0]?.probability ?? 0;
    const weights = among.map(({ probability }) => (probability / likeliest) ** (1 / temperature));
    let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    return among.find((_, i) => (left -= weights[i]!) < 0) ?? among[0];
  };
}

interface Beam {
  readonly draft: Draft;
  /** Natural logarithm of the probability of all of it, its end included. */
  readonly logProbability: number;
  /** Tokens read for it, its end included. */
  readonly length: number;
  /** The draft of the last step that it continues. */
  readonly parent: number;
  readonly id: number;
}

/**
 * Beam search. Drafts of different lengths are compared by their logarithm over ((5 + length) / 6)^0.6, as Wu et al. 2016
 * (https://arxiv.org/abs/1609.08144, section 7) do, without which the shortest would win.
 */
async function byBeams({ first, begin, writer, decoding, signal }: DecodeRequest): Promise<Decoded | null> {
  const { beams, lines } = decoding;
  const ended: Beam[] = [];
  const root: Beam = { draft: NOTHING, logProbability: 0, length: 0, parent: 0, id: 0 };
  const grown = (beam: Beam, parent: number, choices: readonly Choice[], chosen: boolean): Beam[] =>
    choices.map((choice) => ({
      draft: extended(beam.draft, choice, lines, chosen),
      logProbability: beam.logProbability + Math.log(choice.probability),
      length: beam.length + 1,
      parent,
      id: choice.id,
    }));
  const sorted = (some: Beam[]) => some.toSorted((a, b) => b.logProbability - a.logProbability);
  const choices = begin === null ? writable(first)(beams) : first(begin + 1).slice(begin);
  let grownNow = grown(root, 0, choices, begin !== null);
  for (let step = 0; ; step++) {
    ended.push(...grownNow.filter(({ draft }) => draft.end !== null));
    const live = sorted(grownNow.filter(({ draft }) => draft.end === null)).slice(0, beams);
    const best = ended.toSorted((a, b) => score(b) - score(a))[0];
    if (live.length === 0) return finished(best?.draft ?? NOTHING);
    // a draft's log-probability can only fall, and the divisor is largest for the longest draft
    if (best && live.every((beam) => score({ ...beam, length: lines * (MAX_OF_LINE + 1) }) <= score(best))) {
      return finished(best.draft);
    }
    if (ended.length >= beams && best) return finished(best.draft);
    if (signal.aborted) return null;
    const ids = live.map(({ id }) => id);
    const parents = live.map(({ parent }) => parent);
    const next = step === 0 ? await writer.begin(ids) : await writer.step(ids, parents);
    grownNow = live.flatMap((beam, row) => grown(beam, row, next[row]!(beams), false));
  }
}

function score({ logProbability, length }: Pick<Beam, 'logProbability' | 'length'>): number {
  return logProbability / ((5 + length) / 6) ** 0.6;
}
