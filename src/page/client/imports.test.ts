import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportState } from '#contract/lab.ts';
import type { StoredDataset } from '#core/data/stored.ts';
import { LabError } from '#core/failure.ts';
import { applyEvent } from './events.ts';
import { cancelImport, dismissImport, importDataset } from './imports.ts';
import { lab } from './session.ts';
import { useDatasets, useImport } from './stores.ts';
import { useFailures } from '../ui/failures.ts';

const split = { rows: 1, tokens: 4, keptTokens: 4, unknownTokens: 0, shards: [] };
const stored = (id: string, title: string): StoredDataset => ({
  manifest: {
    schema: 1,
    id,
    title,
    source: { kind: 'dir', description: '' },
    licence: '',
    rules: 'codexglue-2021',
    seed: 42,
    length: 10,
    sha256: '0'.repeat(64),
    counts: { files: 3, tokens: 12, distinctTokens: 4 },
    vocabulary: { tokens: [], counts: [] },
    literals: { str: [], num: [] },
    splits: { train: split, validation: split, test: split },
    skipped: [],
  },
  bytes: 1,
  storedAt: 1,
});

const request = {
  source: { from: 'addresses', addresses: [] },
  vocabulary: 10,
  length: 10,
  wholeFiles: false,
  dropDuplicates: false,
  id: 'own',
} as const;

const progress: ImportState = {
  phase: 'reading',
  files: 1,
  tokens: 2,
  bytes: 3,
  totalBytes: null,
  rows: 0,
  bytesPerSecond: 1,
  secondsLeft: null,
};
const importing = () => useImport.getState().importing;

beforeEach(() => {
  // the page's own, which Node has not
  vi.stubGlobal('addEventListener', vi.fn());
  vi.stubGlobal('removeEventListener', vi.fn());
  useImport.setState({ importing: { state: 'idle' } });
  useDatasets.setState({ stored: [stored('old', 'Old'), stored('mine', 'Mine, earlier')] });
  useFailures.setState({ shown: [] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('an import', () => {
  it('shows its progress, then takes the place of the set of its name', async () => {
    let finish: (dataset: StoredDataset) => void = () => undefined;
    vi.spyOn(lab, 'importDataset').mockReturnValue(new Promise((resolve) => (finish = resolve)));
    const done = importDataset(request, 'Mine');
    expect(importing()).toMatchObject({ state: 'working', title: 'Mine', progress: null });
    expect(addEventListener).toHaveBeenCalledWith('beforeunload', expect.anything());
    applyEvent({ type: 'import', progress });
    expect(importing()).toMatchObject({ state: 'working', progress });
    expect(await importDataset(request, 'Another')).toBeNull();
    finish(stored('mine', 'Mine'));
    expect(await done).toMatchObject({ manifest: { title: 'Mine' } });
    expect(importing()).toEqual({ state: 'done', datasetId: 'mine' });
    expect(useDatasets.getState().stored.map(({ manifest }) => manifest.title)).toEqual(['Old', 'Mine']);
    applyEvent({ type: 'import', progress });
    expect(importing().state).toBe('done');
  });

  it('that fails says so beside its form, not above the pages, and leaves what is stored', async () => {
    const failure = { kind: 'bad-input', what: 'half.zip cannot be read.', remedy: 'Pack it again.' } as const;
    vi.spyOn(lab, 'importDataset').mockRejectedValue(new LabError(failure));
    expect(await importDataset(request, 'Half')).toBeNull();
    expect(importing()).toEqual({ state: 'failed', title: 'Half', failure });
    expect(useFailures.getState().shown).toEqual([]);
    expect(useDatasets.getState().stored).toHaveLength(2);
    dismissImport();
    expect(importing()).toEqual({ state: 'idle' });
  });

  it('that cannot be cancelled can be asked again', async () => {
    vi.spyOn(lab, 'cancelImport').mockRejectedValue(new Error('no'));
    useImport.setState({ importing: { state: 'working', title: 'Mine', progress, cancelling: false } });
    const asked = cancelImport();
    expect(importing()).toMatchObject({ cancelling: true });
    await asked;
    expect(importing()).toMatchObject({ cancelling: false });
    expect(useFailures.getState().shown).toHaveLength(1);
  });
});
