/**
 * Names that the vocabulary lacks, from the text itself: the probability that a model gives to `<UNK>` is shared among the names
 * that stood in its place before, those first in front of which the model's state was most like the one now. A continuous cache
 * (Grave, Joulin and Usunier 2017, https://arxiv.org/abs/1612.04426) over `<UNK>` alone. An extra for writing code: no measure counts it.
 */
import { UNK_ID } from '../data/vocabulary.ts';
import type { Choice, Choices } from './choice.ts';

/** How much likeness counts; theta in the paper, which takes 0.3 for an LSTM of 1,024 units. */
const LIKENESS = 0.3;

/** Names of the text that are `<UNK>` to the model, with the state in front of each, in order. */
export interface Recent {
  readonly names: readonly string[];
  /** Each [hidden], what the output layer saw. */
  readonly states: readonly Float32Array[];
}

/** Share of each name, the largest first; what is missing to 1 is that of a name not seen yet. */
export function sharesOf({ names, states }: Recent, state: Float32Array): { name: string; share: number }[] {
  const likeness = states.map((other) => {
    let sum = 0;
    for (let i = 0; i < state.length; i++) sum += state[i]! * other[i]!;
    return LIKENESS * sum;
  });
  const most = Math.max(...likeness);
  const weights = new Map<string, number>();
  let sum = 0;
  for (const [i, name] of names.entries()) {
    const weight = Math.exp(likeness[i]! - most);
    weights.set(name, (weights.get(name) ?? 0) + weight);
    sum += weight;
  }
  // Witten and Bell 1991: as likely as it was until now that a name was a new one.
  const known = names.length / (names.length + weights.size);
  return [...weights]
    .map(([name, weight]) => ({ name, share: (known * weight) / sum }))
    .toSorted((a, b) => b.share - a.share);
}

/** Names of the text that begin with what is typed, and go on. @param unknown the probability of `<UNK>` */
export function namesFrom(recent: Recent, typed: string, unknown: number, state: Float32Array): Choice[] {
  if (recent.names.length === 0) return [];
  return sharesOf(recent, state).flatMap(({ name, share }) =>
    name.startsWith(typed) && name !== typed
      ? [{ id: UNK_ID, token: name, probability: unknown * share, from: 'text' } satisfies Choice]
      : [],
  );
}

/** The same choices, names of the text among them. @param state [hidden], what the output layer saw before these choices */
export function withNames(choices: Choices, recent: Recent, state: Float32Array): Choices {
  if (recent.names.length === 0) return choices;
  let shares: { name: string; share: number }[] | undefined;
  return (count) => {
    // one more, since what is left of `<UNK>` may fall behind
    const model = choices(count + 1);
    const unknown = model.find(({ id }) => id === UNK_ID);
    if (!unknown) return model.slice(0, count);
    shares ??= sharesOf(recent, state);
    const left = 1 - shares.reduce((sum, { share }) => sum + share, 0);
    const names = shares.slice(0, count).map(({ name, share }): Choice => {
      return { id: UNK_ID, token: name, probability: unknown.probability * share, from: 'text' };
    });
    const others = model.map((choice) =>
      choice === unknown ? { ...choice, probability: choice.probability * left } : choice,
    );
    return [...others, ...names].toSorted((a, b) => b.probability - a.probability).slice(0, count);
  };
}
