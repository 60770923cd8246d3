/** Why a page can store nothing any more, in words. */
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
    what: 'A newer version of the lab was opened in another tab, and has taken over what is stored.',
    remedy: 'Reload this page to use the newer version. Everything stored is kept.',
  },
  trained: `${INTERRUPTED} Its finished epochs, its best weights and its last save are kept: the newer version can go on from there.`,
};

export const STORAGE_DELETED: LostStorage = {
  failure: {
    kind: 'no-storage',
    what: 'What the lab stores in this browser is being deleted from elsewhere.',
    remedy: 'If you did not ask for this, save what this page still shows before you reload it.',
  },
  trained: INTERRUPTED,
};

export const STORAGE_LOST: LostStorage = {
  failure: {
    kind: 'no-storage',
    what: 'The browser ended the connection to what the lab stores: site data were cleared, or a disk is gone.',
    remedy: 'Reload the page. What is still stored is shown then.',
  },
  trained: `${INTERRUPTED} It can go on from its last save if that is still there.`,
};
