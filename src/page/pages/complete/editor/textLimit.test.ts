import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { MAX_TEXT, textLimit, tooLong } from './textLimit.ts';

const stateOf = (length: number) =>
  EditorState.create({ doc: 'x'.repeat(length), extensions: textLimit(() => undefined) });

it('takes a text up to the limit', () => {
  const state = stateOf(MAX_TEXT - 1);
  expect(state.update({ changes: { from: 0, insert: 'y' } }).newDoc.length).toBe(MAX_TEXT);
});

it('leaves the text as it was where a change would make it too long', () => {
  const state = stateOf(MAX_TEXT);
  expect(state.update({ changes: { from: 0, insert: 'y' } }).docChanged).toBe(false);
  expect(state.update({ changes: { from: 0, to: 1, insert: 'y' } }).newDoc.sliceString(0, 2)).toBe('yx');
});

it('lets a text that an older lab kept get shorter', () => {
  const state = stateOf(MAX_TEXT + 100);
  expect(state.update({ changes: { from: 0, to: 1 } }).newDoc.length).toBe(MAX_TEXT + 99);
  expect(state.update({ changes: { from: 0, insert: 'y' } }).docChanged).toBe(false);
});

it('says both lengths', () => {
  expect(tooLong(5_000_000).failure.what).toBe(
    'The text would have 5,000,000 characters. The editor accepts at most 300,000.',
  );
});
