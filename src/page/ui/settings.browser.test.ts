/** What the page keeps, in the browser's own localStorage. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { useNotices } from './notices.ts';
import { readSettings, writeSettings } from './settings.ts';

const schema = z.object({
  scale: z.enum(['linear', 'log']).catch('log'),
  picked: z.array(z.string()).catch([]),
  text: z.string().max(5).default('first').catch(''),
});
const DEFAULTS = { scale: 'log', picked: [], text: 'first' };
const read = (key: string) => readSettings({ key, what: 'the view', schema, empty: {} });
const told = async () => {
  await Promise.resolve();
  return useNotices.getState().shown;
};

beforeEach(() => {
  localStorage.clear();
  useNotices.setState({ shown: [] });
});
afterEach(() => localStorage.clear());

it('says whether the browser keeps what is written', () => {
  expect(writeSettings('a', 'x')).toBe(true);
  // browsers give a site some five million characters
  expect(writeSettings('a', 'x'.repeat(12e6))).toBe(false);
});

it('gives the defaults where nothing is kept, and what was kept else, in silence', async () => {
  expect(read('a')).toEqual(DEFAULTS);
  writeSettings('a', { picked: ['x'], scale: 'linear', text: 'two', ofANewerLab: 1 });
  expect(read('a')).toEqual({ scale: 'linear', picked: ['x'], text: 'two' });
  writeSettings('a', { picked: ['y'] });
  expect(read('a')).toEqual({ ...DEFAULTS, picked: ['y'] });
  expect(await told()).toEqual([]);
  expect(localStorage.getItem('a.unreadable')).toBeNull();
});

it.each([
  ['field', '{"scale":"wild","picked":["x"],"text":"two"}', { scale: 'log', picked: ['x'], text: 'two' }],
  ['long-text', '{"text":"longer than it may be"}', { ...DEFAULTS, text: '' }],
  ['no-json', '{', DEFAULTS],
  ['no-object', '[1]', DEFAULTS],
])('sets aside what cannot be read, says so, and gives it as a file (%s)', async (key, text, expected) => {
  localStorage.setItem(key, text);
  expect(read(key)).toEqual(expected);
  const [notice, ...others] = await told();
  expect(others).toEqual([]);
  expect(notice!.text).toBe('Something this browser kept could not be read: the view. Its default is used.');
  writeSettings(key, expected);
  expect(localStorage.getItem(`${key}.unreadable`)).toBe(text);
  expect(read(key)).toEqual(expected);
  notice!.action!.run();
  expect(localStorage.getItem(`${key}.unreadable`)).toBeNull();
});
