/** How a model saw a whole text: how surprised it was, what a unit did along it, which units tell, what it expected. */
import { columnsOf, featuresOf, mostInformativeUnit } from '#core/completion/informativeUnits.ts';
import { lexText, type LexedText } from '#core/python/code/text.ts';
import { fail } from '#core/failure.ts';
import { END_TOKEN } from '#core/python/specialTokens.ts';
import type {
  Candidate,
  ExpectedRequest,
  Inspection,
  InformativeUnit,
  TextRequest,
  UnitRequest,
  UnitTrace,
} from '#core/completion/answers.ts';
import { MAX_CONTEXT_TOKENS, SHOWN, type TextModel } from './textModel.ts';

/** Every answer is null where it was aborted. */
export class Inspector {
  readonly #model: TextModel;

  /** @param model stays the caller's, and outlives this */
  constructor(model: TextModel) {
    this.#model = model;
  }

  async inspect({ text }: TextRequest, signal: AbortSignal): Promise<Inspection | null> {
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    const { ids, lexed, count } = read;
    const targets = Int32Array.from([...ids.subarray(1), this.#model.file.vocabulary.id(END_TOKEN)]);
    const scores = await this.#model.sequence.scores(targets, signal);
    if (scores === null) return null;
    const surprise = scores.losses.map((loss) => loss / Math.LN2);
    const bits = surprise.slice(0, count);
    return {
      tokens: lexed.tokens.slice(0, count),
      starts: lexed.starts.slice(0, count),
      ends: lexed.ends.slice(0, count),
      bits,
      ranks: Int32Array.from(scores.ranks.subarray(0, count)),
      meanBits: count === 0 ? Number.NaN : bits.reduce((sum, value) => sum + value, 0) / count,
      fileEnd: { bits: surprise[count]!, rank: scores.ranks[count]! },
      trouble: lexed.trouble,
      beyond: lexed.tokens.length - count,
    };
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
    // `<s>` comes before the first token
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
    // of all layers the unit that tells most
    return found
      .toSorted((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
      .filter(({ follows }, i, all) => all.findIndex((other) => other.follows === follows) === i);
  }

  async expected({ text, token }: ExpectedRequest, signal: AbortSignal): Promise<readonly Candidate[] | null> {
    const read = await this.#readAll(text, signal);
    if (read === null) return null;
    if (!Number.isInteger(token) || token < 0 || token >= read.count) {
      fail('bad-input', `The text has no token ${token}: it has ${read.count}.`, 'Choose one of these.');
    }
    return this.#model
      .choicesOf(await this.#model.next(token))(SHOWN)
      .map((choice) => this.#model.candidate(choice));
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
