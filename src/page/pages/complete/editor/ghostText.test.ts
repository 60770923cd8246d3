import { nextSnippetField, snippet } from '@codemirror/autocomplete';
import { EditorState, type Transaction } from '@codemirror/state';
import { array, assert, constantFrom, nat, oneof, pre, property, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Piece } from '#core/python/code/write.ts';
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

const pieces = array(
  oneof(
    stringMatching(/^[a{}$#\\\n\t "]{0,6}$/).map(plain),
    constantFrom(field(''), field('0')),
    stringMatching(/^(?:\n {0,6}(?:[a-c=]|, |\{|\}){0,5}){1,2}$/).map(plain),
  ),
  { maxLength: 8 },
);

it('is no other text for being taken in parts', () => {
  assert(
    property(pieces, nat(), (offer, cut) => {
      const text = textOf(offer);
      const typed = text.slice(0, text.length === 0 ? 0 : cut % text.length);
      const rest = afterTyping(offer, typed);
      expect(rest === null ? '' : typed + textOf(rest)).toBe(text);
      expect(text.startsWith(firstWord(offer))).toBe(true);
      expect(text.startsWith(textOf(firstLine(offer)))).toBe(true);
    }),
  );
});

describe('as a snippet', () => {
  it('has its fields in order', () => {
    expect(toSnippet(call, '')).toBe('print("${1:}", ${2:0})');
    expect(toSnippet([plain('{'), field('0'), plain('}')], '')).toBe('{${1:0}}');
  });
  it('leaves the indentation of its line to the editor', () => {
    expect(toSnippet([plain('f('), field('0'), plain(')\n        g\n    h')], '    ')).toBe('f(${1:0})\n    g\nh');
  });
  it('is none without fields, or for what a snippet cannot say', () => {
    expect(toSnippet([plain('x')], '')).toBeNull();
    expect(toSnippet([field('0'), plain('\nx')], '    ')).toBeNull();
    expect(toSnippet([field('0'), plain('\n\t\tx')], '\t')).toBeNull();
    expect(toSnippet([plain('"${x}" '), field('0')], '')).toBeNull();
    expect(toSnippet([plain('$'), field(''), plain('{x}')], '')).toBeNull();
  });

  it('is none where two pieces share an indentation', () => {
    const field = { text: 'x', field: true };
    expect(toSnippet([{ text: '\n', field: false }, { text: '\t', field: false }, field], '\t')).toBeNull();
    expect(toSnippet([{ text: '\n\t', field: false }, field], '\t')).toBe('\n${1:x}');
  });

  it('is the offer once more, in CodeMirror’s own hands, and its fields are where they were', () => {
    assert(
      property(constantFrom('', '    ', '\t'), constantFrom('', 'x = '), pieces, (indent, start, offer) => {
        const template = toSnippet(offer, indent);
        pre(template !== null);
        const present = indent + start;
        let state = EditorState.create({ doc: present, selection: { anchor: present.length } });
        const target = { state, dispatch: (transaction: Transaction) => void (state = transaction.state) };
        snippet(template ?? '')(target, null, present.length, present.length);
        expect(state.doc.toString()).toBe(present + textOf(offer));

        const places = offer.flatMap(({ text, field: isField }, i) => {
          const from = present.length + textOf(offer.slice(0, i)).length;
          return isField ? [[from, from + text.length]] : [];
        });
        const visited = places.map((_, i) => {
          if (i > 0) nextSnippetField({ state, dispatch: target.dispatch });
          return [state.selection.main.from, state.selection.main.to];
        });
        expect(visited).toEqual(places);
      }),
    );
  });
});
