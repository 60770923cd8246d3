import { expect, it } from 'vitest';
import type { Candidate } from '#core/completion/answers.ts';
import { EOL_TOKEN } from '#core/python/specialTokens.ts';
import { offerInWords } from './offerInWords.ts';

const candidate = (token: string): Candidate => ({
  token,
  text: null,
  probability: 0.5,
  fromCache: 0,
  fromOthers: 0,
  ofText: false,
});
const none = { pieces: [], tokens: [], probability: 1, end: 'line' } as const;
const some = { pieces: [{ text: '.x', field: false }], tokens: ['.', 'x'], probability: 0.0314, end: 'line' } as const;

it('says how likely an offer is as a whole, and what ends it', () => {
  expect(offerInWords(some, candidate('.'))).toBe('2 tokens, together 3.1% likely.');
  expect(offerInWords({ ...some, tokens: ['.x'], end: 'unknown' }, candidate('.'))).toBe(
    '1 token, 3.1% likely, then an unknown token.',
  );
  expect(offerInWords({ ...some, probability: 0.0004, end: 'length' }, candidate('.'))).toBe(
    '2 tokens, together less than 0.1% likely, cut short.',
  );
  expect(offerInWords(some, candidate('<UNK>'))).toBe(
    '2 tokens, together 3.1% likely. The likeliest next token, <UNK> at 50.0%, cannot be inserted.',
  );
});

it('says why there is none', () => {
  expect(offerInWords(none, candidate(EOL_TOKEN))).toBe('Most likely next: the end of the line.');
  expect(offerInWords({ ...none, end: 'unknown' }, candidate('<UNK>'))).toContain('an unknown token');
  expect(offerInWords({ ...none, end: 'file' }, candidate('</s>'))).toBe('Most likely next: the end of the file.');
  // in the middle of a line
  expect(offerInWords(none, candidate('x'))).toBe('No suggestion here.');
  // in a comment or a string, of which the list of candidates speaks
  expect(offerInWords(none, undefined)).toBe('');
});
