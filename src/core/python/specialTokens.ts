/** Tokens without a text in the source. */
export const START_TOKEN = '<s>';
export const END_TOKEN = '</s>';
/** End of a line, as CodeXGLUE writes it. */
export const EOL_TOKEN = '<EOL>';

export const PAD_TOKEN = '<PAD>';

export const UNK_TOKEN = '<UNK>';
