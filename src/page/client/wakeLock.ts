/** Keeps the computer awake during training while the page is visible: browsers release the lock when the page is hidden. */
import { useActivity } from './stores.ts';

/** @returns a function that stops it */
export function keepAwake(): () => void {
  let held: WakeLockSentinel | null = null;
  const settle = async () => {
    const wanted = useActivity.getState().activity.state === 'training' && document.visibilityState === 'visible';
    try {
      if (wanted && (held === null || held.released)) held = await navigator.wakeLock.request('screen');
      else if (!wanted && held !== null) {
        const lock = held;
        held = null;
        await lock.release();
      }
    } catch {
      // Refused on a low battery, or not supported: the training continues, and waits while the machine sleeps.
    }
  };
  const onChange = () => void settle();
  document.addEventListener('visibilitychange', onChange);
  const stop = useActivity.subscribe((now, before) => {
    if (now.activity.state !== before.activity.state) onChange();
  });
  onChange();
  return () => {
    stop();
    document.removeEventListener('visibilitychange', onChange);
    void held?.release().catch(() => {});
  };
}
