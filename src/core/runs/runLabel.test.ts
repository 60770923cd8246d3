import { describe, expect, it } from 'vitest';
import { emptyLabel, MAX_TAGS, parseTags, runLabelSchema, TAG_LIMIT, withTag } from './runLabel.ts';

describe('runLabelSchema', () => {
  it('opens a label from before there were tags', () => {
    const { tags: _, ...before } = { ...emptyLabel('a'), name: 'mine' };
    expect(runLabelSchema.parse(before)).toEqual({ ...before, tags: [] });
  });

  it('refuses a tag that is too long', () => {
    expect(runLabelSchema.safeParse({ ...emptyLabel('a'), tags: ['x'.repeat(TAG_LIMIT + 1)] }).success).toBe(false);
  });
});

describe('parseTags', () => {
  it('takes each tag once, without the space around it', () => {
    expect(parseTags(' paper,  wide   layers ,paper,, ')).toEqual(['paper', 'wide layers']);
    expect(parseTags('')).toEqual([]);
  });

  it('gives what a label takes, whatever is typed', () => {
    const typed = Array.from({ length: MAX_TAGS + 5 }, (_, i) => `${i}${' y'.repeat(TAG_LIMIT)}`).join(',');
    const tags = parseTags(typed);
    expect(tags).toHaveLength(MAX_TAGS);
    expect(runLabelSchema.parse({ ...emptyLabel('a'), tags }).tags).toEqual(tags);
  });
});

describe('withTag', () => {
  it('adds a tag once, up to as many as a label takes', () => {
    expect(withTag(['a'], 'b')).toEqual(['a', 'b']);
    expect(withTag(['a'], 'a')).toEqual(['a']);
    const full = Array.from({ length: MAX_TAGS }, (_, i) => `${i}`);
    expect(withTag(full, 'b')).toEqual(full);
  });
});
