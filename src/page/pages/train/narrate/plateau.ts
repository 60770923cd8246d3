/**
 * The plateau at the start of a gated network. Layer 1 learns only from what passes through layer 2, whose gates start half open and
 * whose weights start small: an LSTM of the task's size passes on less than a tenth. Until layer 2's outputs have grown, the output
 * layer's bias alone learns, and that is the unigram distribution. Seen in docs/results/python-stdlib: the LSTMs' layer 1 has 0.07 of
 * layer 2's gradient in the first steps and leaves the plateau when it has about 0.5; the residual LSTM, whose layer 1 reaches the output
 * directly, starts at 1.8 and has no plateau.
 */
import { CELLS, isBaseline, modelOf } from '#core/models/registry.ts';
import { PLATEAU_STEPS } from './facts.ts';
import type { Rule } from './rule.ts';

/** Layer 1's gradient in terms of layer 2's, below which hardly any of it passes layer 2. */
const MAX_LAYER_RATIO = 1 / 3;

/** A smaller share is not written as a fraction. */
const MIN_WRITTEN = 1 / 1_000;

const plateau: Rule = ({ run, active, divergence, unigram, steps: { recent, fault } }) => {
  if (divergence || fault || !recent || !unigram) return null;
  if (!isBaseline(run.model) || CELLS[modelOf(run.model).cell].gates === 1) return null;
  const { loss, layerRatio } = recent;
  if (!(loss >= unigram.loss) || !(layerRatio < MAX_LAYER_RATIO)) return null;
  const share = layerRatio < MIN_WRITTEN ? 'less than a thousandth' : `1/${Math.round(1 / layerRatio)}`;
  return {
    text:
      `${active ? 'It is on a plateau' : 'It ended on a plateau'}: over the last ${PLATEAU_STEPS} steps its loss is no lower than ` +
      `that of the unigram baseline, which only knows how frequent each token is. Layer 1 gets ${share} of the gradient that layer 2 ` +
      'gets, because the gates of layer 2 start half open and its weights start small. More steps end the plateau' +
      `${run.config.initialization === 'orthogonal-layers' ? '.' : ', and the initial weights “orthogonal-layers” make it shorter.'} ` +
      'A residual model has none, since its layer 1 is directly connected to the output layer.',
    claims: [{ claim: 'plateau', layerRatio }],
  };
};

export const PLATEAU: readonly Rule[] = [plateau];
