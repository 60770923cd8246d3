import { describe, expect, it } from 'vitest';
import { keyAction, type KeyPress } from './keys.ts';
import { pageOf } from './pages.ts';

const press = (key: string, changes: Partial<KeyPress> = {}) =>
  keyAction({ key, modified: false, typing: false, onControl: false, inDialog: false, ...changes });

describe('keys', () => {
  it('lead to the pages, train, pause, search and list themselves', () => {
    expect(press('3')).toEqual({ type: 'page', path: '/compare' });
    expect(press('t')).toEqual({ type: 'train' });
    expect(press(' ')).toEqual({ type: 'pause' });
    expect(press('/')).toEqual({ type: 'search' });
    expect(press('?')).toEqual({ type: 'keys' });
    expect([press('5'), press('0'), press('x'), press('e')]).toEqual([null, null, null, null]);
  });

  it('do nothing while typing, with a modifier, or in a dialog', () => {
    for (const change of [{ typing: true }, { modified: true }, { inDialog: true }]) {
      const pressed = ['1', 't', ' ', '/', '?'].map((key) => press(key, change));
      expect(pressed).toEqual([null, null, null, null, null]);
    }
  });

  it('leave space to the control that has the focus', () => {
    expect(press(' ', { onControl: true })).toBeNull();
    expect(press('t', { onControl: true })).toEqual({ type: 'train' });
  });
});

describe('pageOf', () => {
  it('takes the first page where the address names none', () => {
    expect([pageOf('/'), pageOf('/compare'), pageOf('/nowhere')]).toEqual(['/train', '/compare', '/train']);
  });
});
