/** The color of reference lines, such as n-gram baselines: neutral, unlike the colors of runs. */
export const REFERENCE_COLOUR = 'var(--ngram-baseline)';
