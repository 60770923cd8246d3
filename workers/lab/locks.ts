/** Locks for what only one tab may do at a time. They are the browser's, so they are released however a tab ends. */
import { fail } from '#core/failure.ts';

const LOCKS = {
  training: {
    name: 'minicopilot-lab-training',
    what: 'Another tab of the lab is training.',
    remedy: 'Stop it there first, or wait until it ends.',
  },
  import: {
    name: 'minicopilot-lab-import',
    what: 'Another tab of the lab is importing a data set.',
    remedy: 'Wait for it, or cancel it there first.',
  },
} as const;

export type LockName = keyof typeof LOCKS;

/** Milliseconds: other tabs hold a lock for a moment to see whether it is free. */
const PATIENCE = 2_000;

/** Does the work while holding the lock. @throws LabError `busy` when another tab holds it */
export async function underLock<T>(lock: LockName, work: () => Promise<T>): Promise<T> {
  const { name, what, remedy } = LOCKS[lock];
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await navigator.locks.request(name, { signal: patience.signal }, () => {
      clearTimeout(timer);
      return work();
    });
  } catch (error) {
    // once the lock is held, only the work can fail
    if (patience.signal.aborted) fail('busy', what, remedy, error);
    throw error;
  }
}

/** Does the work if no tab holds the lock, and nothing otherwise. */
export async function ifFree(lock: LockName, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(LOCKS[lock].name, { ifAvailable: true }, async (held) => {
    if (held) await work();
  });
}

/** Resolves once no tab holds the lock. */
export async function whenFree(lock: LockName): Promise<void> {
  await navigator.locks.request(LOCKS[lock].name, () => {});
}
