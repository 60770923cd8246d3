/** Rows of the likenesses that are computed together, up to the diagonal: narrower ones waste less of the product, and cost more calls. */
export const BAND = 128;
