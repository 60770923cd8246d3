/** Tokens that have no text in the source. */
export const START_TOKEN = '<s>';
export const END_TOKEN = '</s>';
/** End of a line in CodeXGLUE's data. */
export const EOL_TOKEN = '<EOL>';

export const PAD_TOKEN = '<PAD>';

export const UNK_TOKEN = '<UNK>';
