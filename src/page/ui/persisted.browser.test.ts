/** Stores in the browser's own localStorage. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { useNotices } from './notices.ts';
import { createPersisted } from './persisted.ts';

const schema = z.object({
  scale: z.enum(['linear', 'log']).catch('log'),
  picked: z.array(z.string()).catch([]),
  text: z.string().max(5).default('first').catch(''),
});
const DEFAULTS = { scale: 'log', picked: [], text: 'first' };
const open = (key: string) => createPersisted({ key, what: 'the view', schema, empty: {} });
const read = (key: string) => open(key).getState();
const store = (key: string, value: unknown) => localStorage.setItem(key, JSON.stringify(value));
const notices = () => useNotices.getState().shown;

beforeEach(() => {
  localStorage.clear();
  useNotices.setState({ shown: [] });
});
afterEach(() => localStorage.clear());

it('starts with the defaults where nothing is stored, and with what is stored otherwise, without a notice', () => {
  expect(read('a')).toEqual(DEFAULTS);
  store('a', { picked: ['x'], scale: 'linear', text: 'two', ofANewerLab: 1 });
  expect(read('a')).toEqual({ scale: 'linear', picked: ['x'], text: 'two' });
  store('a', { picked: ['y'] });
  expect(read('a')).toEqual({ ...DEFAULTS, picked: ['y'] });
  expect(notices()).toEqual([]);
  expect(localStorage.getItem('a.unreadable')).toBeNull();
});

it('stores each change as plain JSON, and nothing before the first', () => {
  const view = open('a');
  expect(localStorage.getItem('a')).toBeNull();
  view.setState({ picked: ['x'] });
  expect(localStorage.getItem('a')).toBe('{"scale":"log","picked":["x"],"text":"first"}');
  expect(read('a')).toEqual({ ...DEFAULTS, picked: ['x'] });
});

it('stores another value than the state where that is asked for', () => {
  const words = () =>
    createPersisted({
      key: 'words',
      what: 'the words',
      schema: z.array(z.string()).transform((words) => ({ words })),
      empty: [],
      toStored: ({ words }) => words,
    });
  expect(words().getState()).toEqual({ words: [] });
  words().setState({ words: ['x'] });
  expect(localStorage.getItem('words')).toBe('["x"]');
  expect(words().getState()).toEqual({ words: ['x'] });
  expect(notices()).toEqual([]);
});

it('says where the browser refuses to store', () => {
  const onRefused = vi.fn<() => void>();
  const text = createPersisted({
    key: 'a',
    what: 'the text',
    schema: z.object({ text: z.string() }),
    empty: { text: '' },
    onRefused,
  });
  text.setState({ text: 'x' });
  expect(onRefused).not.toHaveBeenCalled();
  // browsers give a site some five million characters
  text.setState({ text: 'x'.repeat(12e6) });
  expect(onRefused).toHaveBeenCalledOnce();
  expect(text.getState().text).toHaveLength(12e6);
});

describe('with a rest', () => {
  const typed = () => createPersisted({ key: 'a', what: 'the text', schema, empty: {}, rest: 300 });
  const stored = () => localStorage.getItem('a');
  const asStored = (text: string) => JSON.stringify({ ...DEFAULTS, text });

  it('stores the last of several changes once they have ended', async () => {
    const text = typed();
    text.setState({ text: '1' });
    text.setState({ text: '2' });
    expect(stored()).toBeNull();
    await expect.poll(stored).toBe(asStored('2'));
  });

  it('stores what has changed when the page is left, and nothing where nothing has', () => {
    const text = typed();
    window.dispatchEvent(new Event('pagehide'));
    expect(stored()).toBeNull();
    text.setState({ text: '1' });
    window.dispatchEvent(new Event('pagehide'));
    expect(stored()).toBe(asStored('1'));
  });
});

it.each([
  ['field', '{"scale":"wild","picked":["x"],"text":"two"}', { scale: 'log', picked: ['x'], text: 'two' }],
  ['long-text', '{"text":"longer than it may be"}', { ...DEFAULTS, text: '' }],
  ['no-json', '{', DEFAULTS],
  ['no-object', '[1]', DEFAULTS],
])('sets aside what cannot be read, says so, and offers it as a file (%s)', (key, text, expected) => {
  localStorage.setItem(key, text);
  const view = open(key);
  expect(view.getState()).toEqual(expected);
  const [notice, ...others] = notices();
  expect(others).toEqual([]);
  expect(notice!.text).toBe('Stored settings could not be read: the view. The defaults are used.');
  view.setState({ text: expected.text });
  expect(localStorage.getItem(`${key}.unreadable`)).toBe(text);
  expect(read(key)).toEqual(expected);
  notice!.action!.run();
  expect(localStorage.getItem(`${key}.unreadable`)).toBeNull();
});
