import { describe, expect, it } from 'vitest';
import { idFrom, isDatasetId } from './id.ts';

describe('idFrom', () => {
  it.each([
    ['My Code', 'my-code'],
    ['--x__y..z--', 'x-y-z'],
    ['Café – copie', 'cafe-copie'],
    ['a'.repeat(64), 'a'.repeat(64)],
    ['CON', 'con-data'],
    ['com1', 'com1-data'],
    ['console', 'console'],
  ])('makes an id of %s', (name, id) => {
    expect(idFrom(name)).toBe(id);
  });

  it.each([
    ['项目甲', '项目乙', /^dataset-[0-9a-f]{8}$/],
    ['lib 甲', 'lib 乙', /^lib-[0-9a-f]{8}$/],
    ['🚀', '🎉', /^dataset-[0-9a-f]{8}$/],
    ['مشروع', 'מיזם', /^dataset-[0-9a-f]{8}$/],
    ['..', '???', /^dataset-[0-9a-f]{8}$/],
    [`${'a'.repeat(80)}1`, `${'a'.repeat(80)}2`, /^a{55}-[0-9a-f]{8}$/],
    ['straße', 'strase', /^(stra-e-[0-9a-f]{8}|strase)$/],
  ])('tells %s and %s apart', (one, other, form) => {
    expect(idFrom(one)).toMatch(form);
    expect(idFrom(other)).toMatch(form);
    expect(idFrom(one)).not.toBe(idFrom(other));
    expect(isDatasetId(idFrom(one))).toBe(true);
  });

  it('gives one name the same id, however its accents are written', () => {
    expect(idFrom('Проект й'.normalize('NFD'))).toBe(idFrom('Проект й'.normalize('NFC')));
    expect(idFrom('项目甲')).toBe('dataset-51f85c52');
  });
});

describe('isDatasetId', () => {
  it.each(['a', 'my-code-2', '9', 'a'.repeat(64)])('takes %s', (text) => expect(isDatasetId(text)).toBe(true));
  it.each(['', '-a', 'A', 'a.b', '..', 'nul', 'é', 'a'.repeat(65)])('refuses %j', (text) =>
    expect(isDatasetId(text)).toBe(false),
  );
});
