/** Why a page can store nothing any more, and what is left of its training. */
import type { Failure } from '#core/failure.ts';

export interface LostStorage {
  readonly failure: Failure;
  /** What is left of a training that this ended. */
  readonly trained: string;
}

const INTERRUPTED = 'The training here was interrupted.';

export const SUPERSEDED: LostStorage = {
  failure: {
    kind: 'superseded',
    what: 'A newer version of the lab was opened in another tab and now uses the stored data.',
    remedy: 'Reload this page to use the newer version. Stored data is safe.',
  },
  trained: `${INTERRUPTED} Its finished epochs, best weights and last checkpoint are kept. The newer version can resume from there.`,
};

export const STORAGE_DELETED: LostStorage = {
  failure: {
    kind: 'no-storage',
    what: 'The lab’s stored data in this browser is being deleted.',
    remedy: 'If you did not delete it, save what this page still shows before you reload it.',
  },
  trained: INTERRUPTED,
};

export const STORAGE_LOST: LostStorage = {
  failure: {
    kind: 'no-storage',
    what: 'The browser closed the lab’s storage: site data was cleared, or a disk was removed.',
    remedy: 'Reload the page to see what is still stored.',
  },
  trained: `${INTERRUPTED} It can resume from its last checkpoint if that still exists.`,
};
