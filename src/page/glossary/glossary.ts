/** The words a newcomer meets in the lab, each in two or three sentences. */
export const GLOSSARY = {
  token: {
    title: 'Token',
    text: 'The smallest piece of code the model reads: a name, an operator, a bracket, a line’s end. “x = f(1)” has six. The model reads tokens one by one and predicts the next.',
  },
  epoch: {
    title: 'Epoch',
    text: 'One pass over all training files. After each one the lab measures the model on files it never trained on, the validation part.',
  },
  loss: {
    title: 'Loss',
    text: 'How surprised the model is, on average, by the token that really comes next. Training lowers it. It is measured in nats: 0 means always certain and right.',
  },
  perplexity: {
    title: 'Perplexity',
    text: 'The loss as a number of choices: at 10, the model is as unsure as if it chose among 10 tokens with equal chance. Lower is better; 1 is perfect.',
  },
  'top-5': {
    title: 'Top-5',
    text: 'How often the true next token is among the model’s five best guesses. “Known” counts an unknown token as a miss, because <UNK> is no use as a completion.',
  },
  unk: {
    title: '<UNK>',
    text: 'Stands for every token outside the vocabulary, such as a rare name. The model can predict that an unknown token comes next, but not which one.',
  },
  vocabulary: {
    title: 'Vocabulary',
    text: 'The tokens the model knows: the most frequent ones of the training split. A larger vocabulary leaves fewer tokens unknown, but makes the model larger and slower.',
  },
  cut: {
    title: 'The cut',
    text: 'Each file becomes one row with this many tokens. Longer files are cut, and shorter ones are padded. With “Keep long files whole”, long files become several rows instead.',
  },
  literal: {
    title: 'Literals',
    text: 'Code has too many different strings and numbers, so only the most frequent keep their text. All other strings become <STR_LIT>, in their own quotes, and all other numbers <NUM_LIT>.',
  },
  split: {
    title: 'Splits',
    text: 'The model learns from training files. Validation files decide when to stop, and test files are measured once at the end. The model never learns from these two.',
  },
  duplicate: {
    title: 'Duplicates',
    text: 'Files with the same tokens as an earlier file. If the test split has a copy of a training file, the model looks better than it is.',
  },
  'early stopping': {
    title: 'Early stopping',
    text: 'Training ends when the validation loss has not fallen for a number of epochs (the patience). After that, the model mostly memorizes its training files. The weights of the best epoch are kept.',
  },
  'residual connection': {
    title: 'Residual connection',
    text: 'A shortcut: the output layer gets the sum of all recurrent layers instead of only the last. It adds no parameters and often makes learning easier. It is applied to the better of RNN and LSTM. The setting Connection offers other ways to join the layers.',
  },
  seed: {
    title: 'Seed',
    text: 'Seeds every random draw: initial weights, order of files, dropout. The same seed on the same device gives exactly the same run. Other seeds show how much depends on chance.',
  },
  device: {
    title: 'Device',
    text: 'The hardware that computes. WebGPU uses the graphics card; CPU uses WebAssembly on the processor. Reference is slow and serves to check the other two.',
  },
  surprise: {
    title: 'Surprise',
    text: 'How little the model expected a token, in bits: 1 bit for a probability of one in two, 10 bits for one in a thousand. The loss is the average surprise, in a different unit.',
  },
  unit: {
    title: 'Hidden unit',
    text: 'One of the numbers that a recurrent layer carries from token to token. Some units learn to follow a property of the code, such as the bracket depth.',
  },
  gates: {
    title: 'Gates',
    text: 'They control the cell of an LSTM unit at each token. The forget gate decides what to keep, the input gate what to add, and the output gate what to show.',
  },
  decoding: {
    title: 'Decoding',
    text: 'The model gives every token a probability. Decoding turns these into a line, token by token. Greedy decoding always takes the likeliest token. Sampling draws by probability, and varies more at a high temperature. Beam search looks for the likeliest line as a whole.',
  },
  cache: {
    title: 'Memory of this text',
    text: 'A cache of the text before the cursor. For each token it stores the state of the model just before it. Tokens that followed states similar to the current one become likelier, so the lab can suggest names from this text, also those outside the vocabulary. No training is needed (Grave, Joulin and Usunier 2017).',
  },
  ngramBaseline: {
    title: 'Baselines: unigram and bigram',
    text: 'Simple counting models on the same training rows. The unigram always predicts the most frequent tokens; the bigram looks one token back. A network should beat them.',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly text: string }>>;

export type TermName = keyof typeof GLOSSARY;
