import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordOf } from '#core/records.ts';
import { CASE_NAMES } from '#core/regression/cases.ts';
import { BitsOfDevice } from './bits.ts';

const EMPTY = recordOf(CASE_NAMES, () => []);
const BITS = { ...EMPTY, odd: [{ loss: 'aa' }], even: [{ loss: 'bb' }] };
const OTHERS = { ...EMPTY, odd: [{ loss: 'cc' }], even: [{ loss: 'dd' }] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'minicopilot-bits-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('BitsOfDevice', () => {
  it('gives back what the same build, browser and device had kept, which later bits do not replace', async () => {
    const first = await BitsOfDevice.open('cpu', 'build', 'two threads', folder);
    expect(first.of('rnn')).toBeNull();
    await first.keep('rnn', BITS);
    await first.keep('lstm', OTHERS);
    await first.keep('rnn', OTHERS);
    const second = await BitsOfDevice.open('cpu', 'build', 'two threads', folder);
    expect([second.of('rnn'), second.of('lstm'), second.of('residual-rnn')]).toEqual([BITS, OTHERS, null]);
  });

  it.each([
    ['another build', 'other', 'two threads'],
    ['another device', 'build', 'one thread'],
  ])('knows nothing of %s', async (_, fingerprint, name) => {
    await (await BitsOfDevice.open('cpu', 'build', 'two threads', folder)).keep('rnn', BITS);
    expect((await BitsOfDevice.open('cpu', fingerprint, name, folder)).of('rnn')).toBeNull();
  });

  it('takes a broken file for none', async () => {
    await writeFile(join(folder, 'cpu.json'), '{"key": ');
    const bits = await BitsOfDevice.open('cpu', 'build', 'two threads', folder);
    expect(bits.of('rnn')).toBeNull();
    await bits.keep('rnn', BITS);
    expect((await BitsOfDevice.open('cpu', 'build', 'two threads', folder)).of('rnn')).toEqual(BITS);
  });
});
