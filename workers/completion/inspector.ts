/** Inspects a model on a whole text: surprise, values of a unit, informative units, and expected tokens. */
import { ContinuousCache } from '#core/cache/continuousCache.ts';
import { Suggestions } from '#core/cache/suggestions.ts';
import { distributionOf, type Distribution } from '#core/completion/distribution.ts';
import { columnsOf, featuresOf, mostInformativeUnit } from '#core/completion/informativeUnits.ts';
import { lexText, type LexedText } from '#core/python/code/text.ts';
import { outputWidth } from '#core/models/spec.ts';
import { fail } from '#core/failure.ts';
import { END_TOKEN } from '#core/python/specialTokens.ts';
import type {
  Candidate,
  ExpectedRequest,
  Inspection,
  InspectionRequest,
  InformativeUnit,
  Surprise,
  TextRequest,
  UnitRequest,
  UnitTrace,
} from '#core/completion/answers.ts';
import { CHUNK } from '#engine/inference/sequence.ts';
import { TextCache } from './textCache.ts';
import { cacheParametersOf, MAX_CONTEXT_TOKENS, SHOWN, type TextModel } from './textModel.ts';

/** All methods return null if aborted. */
export class Inspector {
  readonly #model: TextModel;
  readonly #cache: TextCache;

  /** @param model owned by the caller, who disposes of it later */
  constructor(model: TextModel) {
    this.#model = model;
    this.#cache = new TextCache(model, cacheParametersOf(model.file));
  }

  async inspect({ text, cache }: InspectionRequest, signal: AbortSignal): Promise<Inspection | null> {
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    const { ids, lexed, count } = read;
    const targets = Int32Array.from([...ids.subarray(1), this.#model.file.vocabulary.id(END_TOKEN)]);
    const scores = await this.#model.sequence.scores(targets, signal);
    if (scores === null) return null;
    const surprise = scores.losses.map((loss) => loss / Math.LN2);
    const tokens = lexed.tokens.slice(0, count);
    const cached = cache ? await this.#withCache(tokens, signal) : null;
    if (cache && cached === null) return null;
    return {
      ...surpriseOf(surprise.slice(0, count), Int32Array.from(scores.ranks.subarray(0, count))),
      cached,
      tokens,
      starts: lexed.starts.slice(0, count),
      ends: lexed.ends.slice(0, count),
      fileEnd: { bits: surprise[count]!, rank: scores.ranks[count]! },
      trouble: lexed.trouble,
      beyond: lexed.tokens.length - count,
    };
  }

  /** Surprise of each token, with a cache of the tokens before it. @returns null if aborted */
  async #withCache(tokens: readonly string[], signal: AbortSignal): Promise<Surprise | null> {
    const { file, sequence } = this.#model;
    const parameters = cacheParametersOf(file);
    const cache = new ContinuousCache(file.vocabulary, outputWidth(file.spec));
    const bits = new Float32Array(tokens.length);
    const ranks = new Int32Array(tokens.length);
    let rows: Float32Array[] = [];
    for (const [position, token] of tokens.entries()) {
      if (position % CHUNK === 0) {
        if (signal.aborted) return null;
        rows = await sequence.logitRows(position, Math.min(CHUNK, tokens.length - position));
      }
      // `<s>` is at position 0, so the logits of a position predict the token with that index
      const logits = rows[position % CHUNK]!;
      const state = sequence.seen(position);
      const view = cache.view(state, parameters.theta);
      const suggestions = new Suggestions(distributionOf(logits), view, file.vocabulary, parameters);
      const probability = suggestions.probability(token);
      bits[position] = -Math.log2(probability);
      ranks[position] = suggestions.countAbove(probability);
      cache.append(state, token);
    }
    return surpriseOf(bits, ranks);
  }

  async unit({ text, layer, unit }: UnitRequest, signal: AbortSignal): Promise<UnitTrace | null> {
    const { hidden, layers } = this.#model.file.spec;
    if (!Number.isInteger(unit) || unit < 0 || unit >= hidden) {
      fail('bad-input', `The model has no unit ${unit}: a layer has ${hidden}.`, 'Choose one of these.');
    }
    if (!Number.isInteger(layer) || layer < 1 || layer > layers) {
      fail('bad-input', `The model has no layer ${layer}: it has ${layers}.`, 'Choose one of these.');
    }
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    const { sequence } = this.#model;
    // leaves out `<s>`, which comes before the first token
    const afterStart = (values: Float32Array<ArrayBuffer>) => values.slice(1, read.count + 1);
    const column = (values: Float32Array<ArrayBuffer>) => afterStart(values.filter((_, i) => i % hidden === unit));
    const gates = await sequence.gates(layer - 1, unit, signal);
    if (gates === null) return null;
    const cells = sequence.cells(layer - 1);
    const traces = gates.map((gate) => ({ ...gate, values: afterStart(gate.values) }));
    if (cells) traces.push({ name: 'cell', values: column(cells), bounded: false });
    return { hidden: column(sequence.states(layer - 1)), gates: traces.length === 0 ? null : traces };
  }

  async informativeUnits({ text }: TextRequest, signal: AbortSignal): Promise<readonly InformativeUnit[] | null> {
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    const { lexed, count } = read;
    if (count < 2) return [];
    const { hidden, layers } = this.#model.file.spec;
    const features = featuresOf(lexed.tokens.slice(0, count), columnsOf(text, lexed.starts));
    const found: InformativeUnit[] = [];
    for (let layer = 1; layer <= layers; layer++) {
      const states = this.#model.sequence.states(layer - 1).subarray(hidden, (count + 1) * hidden);
      for (const { name, values } of features) {
        const informative = mostInformativeUnit(values, states, hidden);
        if (informative) found.push({ layer, ...informative, follows: name });
      }
    }
    // for each feature, keep the most informative unit of all layers
    return found
      .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
      .filter(({ follows }, i, all) => all.findIndex((other) => other.follows === follows) === i);
  }

  async expected({ text, token, cache }: ExpectedRequest, signal: AbortSignal): Promise<readonly Candidate[] | null> {
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    if (!Number.isInteger(token) || token < 0 || token >= read.count) {
      fail('bad-input', `The text has no token ${token}: it has ${read.count}.`, 'Choose one of these.');
    }
    const distribution = await this.#model.next(token);
    return this.#expectedBy(cache ? read.lexed.tokens.slice(0, token) : null, distribution, token);
  }

  /** @param before tokens in the cache; null without a cache */
  #expectedBy(before: readonly string[] | null, distribution: Distribution, position: number): readonly Candidate[] {
    const model = this.#model;
    const choices = () => {
      if (before === null) return model.choicesOf(distribution);
      this.#cache.update(before.map((token) => ({ token, literal: null })));
      return model.choicesWithCache(this.#cache.next(distribution, model.sequence.seen(position)));
    };
    return choices()(SHOWN).map((choice) => model.candidate(choice));
  }

  async #readAll(
    text: string,
    signal: AbortSignal,
  ): Promise<{ readonly lexed: LexedText; readonly ids: Int32Array; readonly count: number } | null> {
    const lexed = lexText(text, this.#model.language);
    const count = Math.min(lexed.tokens.length, MAX_CONTEXT_TOKENS);
    const ids = this.#model.idsOf(lexed.tokens.slice(0, count));
    return (await this.#model.sequence.read(ids, signal)) === null ? null : { lexed, ids, count };
  }
}

function surpriseOf(bits: Float32Array<ArrayBuffer>, ranks: Int32Array<ArrayBuffer>): Surprise {
  const meanBits = bits.length === 0 ? Number.NaN : bits.reduce((sum, value) => sum + value, 0) / bits.length;
  return { bits, ranks, meanBits };
}
