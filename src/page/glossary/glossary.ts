/** The words a newcomer meets in the lab, each in two or three sentences. */
export const GLOSSARY = {
  token: {
    title: 'Token',
    text: 'The smallest piece of code the model reads: a name, an operator, a bracket, a line’s end. “x = f(1)” has six. The model sees tokens one by one and guesses the next.',
  },
  epoch: {
    title: 'Epoch',
    text: 'One pass over all training files. After each one the lab measures the model on files it never trained on, the validation part.',
  },
  loss: {
    title: 'Loss',
    text: 'How surprised the model is by the token that really comes next, on average. Training lowers it. In nats: 0 would be always certain and right.',
  },
  perplexity: {
    title: 'Perplexity',
    text: 'The loss as a number of choices: at 10 the model is as unsure as if it chose among 10 tokens with equal chances. Lower is better; 1 is perfect.',
  },
  'top-5': {
    title: 'Top-5',
    text: 'How often the true next token is among the model’s five best guesses. “Known” counts an unknown token as a miss, since nobody wants <UNK> completed.',
  },
  unk: {
    title: '<UNK>',
    text: 'Stands for every token outside the vocabulary, such as a rare name. The model can guess that something unknown comes, but not what it is.',
  },
  vocabulary: {
    title: 'Vocabulary',
    text: 'The tokens the model knows by name: the commonest of the training part. A wider one leaves fewer tokens unknown, and makes the model larger and slower.',
  },
  cut: {
    title: 'The cut',
    text: 'A file becomes one row of so many tokens: what is longer is cut there, what is shorter is filled up. Keeping long files whole makes several rows of them instead.',
  },
  literal: {
    title: 'Literals',
    text: 'Strings and numbers are endless, so only the commonest keep their text. Every other string reads <STR_LIT>, every other number <NUM_LIT>, within its own quotes.',
  },
  split: {
    title: 'Parts',
    text: 'Training files are learnt from, validation files decide when to stop, test files are measured once at the end. A model never learns from the last two.',
  },
  duplicate: {
    title: 'Duplicates',
    text: 'Files with the same tokens as an earlier one. A copy in the test part of a file that was trained on makes a model look better than it is.',
  },
  'early stopping': {
    title: 'Early stopping',
    text: 'Training ends when the validation loss has not fallen for some epochs (the patience): from there on the model learns its training files by heart. The weights of the best epoch are kept.',
  },
  'residual connection': {
    title: 'Residual connection',
    text: 'A shortcut: the output layer sees the sum of both recurrent layers instead of the second alone. It adds no parameters, and often makes learning easier. It is tried on the better of RNN and LSTM.',
  },
  seed: {
    title: 'Seed',
    text: 'The number all chance comes from: first weights, order of files, dropout. The same seed on the same device gives exactly the same run; other seeds show how much is luck.',
  },
  device: {
    title: 'Device',
    text: 'What computes. WebGPU uses the graphics card, CPU uses WebAssembly on the processor. Reference is plain and slow, and is there to check the other two.',
  },
  surprise: {
    title: 'Surprise',
    text: 'How little the model expected a token, in bits: 1 bit for what it gave one chance in two, 10 bits for one in a thousand. The loss is its average, in another unit.',
  },
  unit: {
    title: 'Hidden unit',
    text: 'One of the numbers that a recurrent layer carries from token to token. Some come to follow something of the code, such as how deep in brackets it is.',
  },
  gates: {
    title: 'Gates',
    text: 'What an LSTM’s unit does with its cell at each token: the forget gate keeps what was there, the input gate lets something new in, the output gate shows it.',
  },
  decoding: {
    title: 'How a line is written',
    text: 'The model gives a probability to every token; a line needs one after the other. The likeliest each time is safe and dull; drawing by probability is livelier, the more so at a high temperature; beams look for the line that is likeliest as a whole.',
  },
  pointer: {
    title: 'Names of this text',
    text: 'The model knows that a rare name comes, but not which. Then names from this text are offered, first those that came when the model was in a similar state. An extra for typing: what the lab measures never counts it.',
  },
  yardstick: {
    title: 'Yardsticks',
    text: 'Simple counting models on the same training rows: the unigram always guesses the commonest tokens, the bigram looks one token back. A network should beat them.',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly text: string }>>;

export type TermName = keyof typeof GLOSSARY;
