import { beforeEach, describe, expect, it } from 'vitest';
import { LabError } from '#core/failure.ts';
import { errorsOf, FRESH_FORM, recogniseSelection, closeImportForm, requestOf, useImportForm } from './importForm.ts';
import { recogniseAddresses, recogniseFiles, type Recognised } from './recognise.ts';

const gathered = (...paths: string[]) => ({
  files: paths.map((path) => ({ path, blob: new Blob([path]) })),
  passedOver: 2,
  notes: [],
  name: 'mylib',
});

beforeEach(closeImportForm);

describe('what is recognised', () => {
  it('counts the files of its kind, and those passed over', async () => {
    const what = await recogniseFiles(gathered('mylib/a.py', 'mylib/b.py', 'mylib/data.zip'));
    expect(what).toMatchObject({ title: 'mylib', id: 'mylib', amount: '2 files', bytes: 20, passedOver: 3 });
  });

  it('reads code where a Parquet file lies among it, and passes on what was left out', async () => {
    const notes = [{ what: 'Virtual environments left out', count: 1, example: 'mylib/env/' }];
    const what = await recogniseFiles({ ...gathered('mylib/a.py', 'mylib/tests/sales.parquet'), notes });
    expect(what).toMatchObject({ amount: '1 file', passedOver: 3, notes, source: { from: 'files', notes } });
  });

  it('says what can be imported where nothing is chosen', async () => {
    await expect(recogniseFiles({ files: [], passedOver: 1, notes: [], name: 'notes.md' })).rejects.toMatchObject({
      failure: { kind: 'bad-input', what: 'The lab found nothing that it can read in notes.md.' },
    });
  });

  it('knows whether there is a test split, or one is drawn', async () => {
    const hasTest = async (...paths: string[]) => (await recogniseFiles(gathered(...paths))).hasTest;
    expect(await hasTest('set/train.txt', 'set/dev.txt')).toBe(false);
    expect(await hasTest('set/train.txt', 'set/test.txt')).toBe(true);
    expect(await hasTest('python/train/0000.parquet')).toBe(false);
    expect(await hasTest('python/train/0000.parquet', 'python/test/0000.parquet')).toBe(true);
    expect(await hasTest('py150_files.tar.gz')).toBe(true);
    expect(await hasTest('lib/a.py', 'lib/test.txt')).toBe(false);
    expect((await recogniseAddresses('https://a.org/train.parquet https://a.org/test.parquet')).hasTest).toBe(true);
  });

  it('names the hosts of addresses, and refuses what is none', async () => {
    const what = await recogniseAddresses('https://example.org/a/train-0.parquet');
    expect(what).toMatchObject({ amount: '1 file from example.org', bytes: null, hasTest: false });
    await expect(recogniseAddresses('train.parquet')).rejects.toBeInstanceOf(LabError);
  });
});

describe('the form', () => {
  it('asks for the task’s own sizes unless a person says otherwise', async () => {
    await recogniseSelection(() => recogniseFiles(gathered('mylib/a.py')));
    expect(requestOf(useImportForm.getState())).toMatchObject({
      id: 'mylib',
      title: 'mylib',
      vocabulary: 10_000,
      length: 1_000,
      wholeFiles: false,
      dropDuplicates: false,
    });
    const [one, other] = ['项目甲', '项目乙'].map((title) => {
      useImportForm.setState({ title });
      return requestOf(useImportForm.getState())?.id;
    });
    expect(one).toMatch(/^dataset-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
    useImportForm.setState({ title: ' My Own Code ' });
    expect(requestOf(useImportForm.getState())).toMatchObject({ id: 'my-own-code', title: 'My Own Code' });
  });

  it('names what is out of bounds, and asks for nothing meanwhile', async () => {
    await recogniseSelection(() => recogniseFiles(gathered('mylib/a.py')));
    useImportForm.setState({ vocabulary: 70_000, length: null, title: ' ' });
    const form = useImportForm.getState();
    expect(Object.keys(errorsOf(form)).toSorted()).toEqual(['length', 'title', 'vocabulary']);
    expect(requestOf(form)).toBeNull();
    expect(errorsOf({ ...FRESH_FORM, title: 'a' })).toEqual({});
  });

  it('shows a refusal, and of two looks the later one', async () => {
    let finish: (what: Recognised) => void = () => undefined;
    const slow = recogniseSelection(() => new Promise((resolve) => (finish = resolve)));
    const what = await recogniseFiles(gathered('other/a.py'));
    await recogniseSelection(() => Promise.reject(new Error('no')));
    finish(what);
    await slow;
    expect(useImportForm.getState().selection).toMatchObject({ state: 'refused', failure: { kind: 'internal' } });
  });
});
