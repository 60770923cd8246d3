import { describe, expect, it } from 'vitest';
import { replaceSections } from './written.ts';

const sections = new Map([
  ['one', '| a |'],
  ['two', 'words with $& and $1'],
]);

describe('replaceSections', () => {
  it('writes each part anew, and leaves the words between them', () => {
    const text =
      'before\n<!-- results: one -->\nold\n\nolder\n<!-- end -->\nmiddle\n<!-- results: two -->\n<!-- end -->\nafter\n';
    const written =
      'before\n<!-- results: one -->\n\n| a |\n\n<!-- end -->\nmiddle\n<!-- results: two -->\n\nwords with $& and $1\n\n<!-- end -->\nafter\n';
    expect(replaceSections(text, sections)).toBe(written);
    expect(replaceSections(written, sections)).toBe(written);
  });

  it('says which part nobody makes, and which has no end', () => {
    expect(() => replaceSections('<!-- results: three -->\n<!-- end -->', sections)).toThrow('"three"');
    expect(() => replaceSections('<!-- results: one -->\nand so on', sections)).toThrow('has no <!-- end -->');
  });
});
