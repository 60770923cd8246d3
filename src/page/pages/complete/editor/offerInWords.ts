/** The sentence about the suggestion below the editor: how likely it is, or why there is none. */
import type { Candidate, Line } from '#core/completion/answers.ts';
import { formatCounted, formatPercent } from '#core/format.ts';
import { UNK_TOKEN, EOL_TOKEN } from '#core/python/specialTokens.ts';

const NOTHING: Readonly<Record<Line['end'], string>> = {
  unknown: 'Most likely next: an unknown token, which cannot be inserted.',
  file: 'Most likely next: the end of the file.',
  line: 'No suggestion here.',
  length: 'No suggestion here.',
};

const THEN: Readonly<Record<Line['end'], string>> = {
  unknown: ', then an unknown token',
  file: ', then the end of the file',
  line: '',
  length: ', cut short',
};

/** Less than is shown of a probability. */
const LITTLE = 0.0005;

/** @param likeliest the likeliest next token, if there is one */
export function offerInWords(
  { pieces, tokens, probability, end }: Omit<Line, 'milliseconds'>,
  likeliest: Candidate | undefined,
): string {
  if (pieces.length === 0) {
    if (!likeliest) return '';
    return end === 'line' && likeliest.token === EOL_TOKEN ? 'Most likely next: the end of the line.' : NOTHING[end];
  }
  const together = probability < LITTLE ? 'less than 0.1%' : formatPercent(probability);
  const offered = `${formatCounted(tokens.length, 'token')}, ${tokens.length === 1 ? '' : 'together '}${together} likely${THEN[end]}`;
  if (likeliest?.token !== UNK_TOKEN) return `${offered}.`;
  return `${offered}. The likeliest next token, ${UNK_TOKEN} at ${formatPercent(likeliest.probability)}, cannot be inserted.`;
}
