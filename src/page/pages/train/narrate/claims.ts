/** What a sentence of the panel claims, for the machine: the test checks every one against the numbers, by its own arithmetic. */
import type { LossFault } from '#core/runs/divergence.ts';
import type { Standing } from './facts.ts';

export type Claim =
  /** It has no finished epoch, and will have none unless it is trained again. */
  | { readonly claim: 'ended before an epoch' }
  /** No epoch is finished yet. */
  | { readonly claim: 'first epoch under way' }
  | { readonly claim: 'no step known' }
  /** exp(loss) of the latest step. */
  | { readonly claim: 'step perplexity'; readonly value: number }
  | { readonly claim: 'latest step worse than chance' }
  /** Loss over the latest few steps; of the last step where that is not finite. */
  | { readonly claim: 'step fault'; readonly fault: LossFault }
  /** A loss of this epoch is faulty; of the failed training itself where `epoch` is null. */
  | {
      readonly claim: 'diverged';
      readonly fault: LossFault;
      readonly epoch: number | null;
      readonly part: 'train' | 'validation';
    }
  /** All measured epochs have a faulty validation loss. */
  | { readonly claim: 'no epoch is sound' }
  | { readonly claim: 'not measured'; readonly epoch: number }
  | { readonly claim: 'perplexity'; readonly epoch: number; readonly value: number }
  /** Validation loss no more than a tenth of a nat below chance. */
  | { readonly claim: 'hardly better than chance'; readonly epoch: number }
  | { readonly claim: 'top-5'; readonly epoch: number; readonly value: number }
  | {
      readonly claim: 'against bigram';
      readonly epoch: number;
      readonly top5: Standing;
      readonly perplexity: Standing;
    }
  | { readonly claim: 'perplexity below bigram'; readonly epoch: number }
  /** The latest step's perplexity is above the bigram's. */
  | { readonly claim: 'step below bigram' }
  /** Over the latest steps: the loss is no lower than the unigram's, and layer 1's gradient is this share of layer 2's. */
  | { readonly claim: 'plateau'; readonly layerRatio: number }
  /** Its latest epoch is its best by more than a hair. */
  | { readonly claim: 'still falling' }
  | { readonly claim: 'only one epoch' }
  | { readonly claim: 'overfitting'; readonly since: number }
  | { readonly claim: 'rising'; readonly since: number }
  | { readonly claim: 'flat' }
  /** No later epoch has a lower validation loss than the first. */
  | { readonly claim: 'best is first' }
  | { readonly claim: 'out of patience'; readonly epochs: number }
  | { readonly claim: 'ended'; readonly state: 'stopped' | 'failed' | 'interrupted' }
  | { readonly claim: 'kept'; readonly epoch: number }
  /** Ratio of the perplexities after `epoch` epochs each. */
  | { readonly claim: 'beside plain twin'; readonly epoch: number; readonly perplexity: Standing }
  | { readonly claim: 'other diverged'; readonly id: string }
  /** Worse than the bigram in top-5 and in perplexity at its best epoch. */
  | { readonly claim: 'other below bigram'; readonly id: string }
  /** A setting of the run, as it is. */
  | { readonly claim: 'setting'; readonly name: 'learningRate' | 'clipNorm'; readonly value: number };

export interface Sentence {
  readonly text: string;
  readonly claims: readonly Claim[];
}
