/** What a line is compared with, such as an n-gram baseline: neutral, so that it is none of the runs. */
export const REFERENCE_COLOUR = 'var(--ngram-baseline)';
