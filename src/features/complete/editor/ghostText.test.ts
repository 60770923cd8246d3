import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../core/code/write.ts';
import { afterTyping, firstLine, firstWord, textOf, toSnippet } from './ghostText.ts';

const plain = (text: string): Piece => ({ text, field: false });
const field = (text: string): Piece => ({ text, field: true });
const call = [plain('print("'), field(''), plain('", '), field('0'), plain(')')];

describe('typing what is offered', () => {
  it('leaves the rest', () => {
    expect(afterTyping(call, 'pri')).toEqual([plain('nt("'), field(''), plain('", '), field('0'), plain(')')]);
    expect(afterTyping(call, 'print("')).toEqual([field(''), plain('", '), field('0'), plain(')')]);
    expect(afterTyping(call, 'print("", 0')).toEqual([plain(')')]);
  });
  it('leaves nothing where something else is typed, or all of it', () => {
    expect(afterTyping(call, 'x')).toBeNull();
    expect(afterTyping(call, 'print("a')).toBeNull();
    expect(afterTyping(call, textOf(call))).toBeNull();
    expect(afterTyping(call, `${textOf(call)}x`)).toBeNull();
  });
});

it('takes a word or a run of signs, with the space in front', () => {
  expect(firstWord([plain(' self.x')])).toBe(' self');
  expect(firstWord([plain('.x = 1')])).toBe('.');
  expect(firstWord([plain('__init__(self)')])).toBe('__init__');
  expect(firstWord([plain('\n    return x')])).toBe('\n    return');
  expect(firstWord([plain('é_1 x')])).toBe('é_1');
  expect(firstWord([])).toBe('');
});

it('takes the first line that says something', () => {
  expect(textOf(firstLine([plain('a("'), field(''), plain('")\n    b')]))).toBe('a("")');
  expect(textOf(firstLine([plain('\n    a\n    b')]))).toBe('\n    a');
  expect(firstLine(call)).toEqual(call);
});

describe('as a snippet', () => {
  it('has its fields in order, and its braces escaped', () => {
    expect(toSnippet(call, '')).toBe('print("${1:}", ${2:0})');
    expect(toSnippet([plain('{'), field('0'), plain('}')], '')).toBe('\\{${1:0}\\}');
  });
  it('leaves the indentation of its line to the editor', () => {
    expect(toSnippet([plain('f('), field('0'), plain(')\n        g\n    h')], '    ')).toBe('f(${1:0})\n    g\nh');
  });
  it('is none without fields, or where a line is moved out', () => {
    expect(toSnippet([plain('x')], '')).toBeNull();
    expect(toSnippet([field('0'), plain('\nx')], '    ')).toBeNull();
  });
});
