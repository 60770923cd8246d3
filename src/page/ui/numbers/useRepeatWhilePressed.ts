import { useEffect, useEffectEvent, useState } from 'react';

const DELAY_MS = 400;
const INTERVAL_MS = 60;

/**
 * Calls `act` once when something is pressed, and again and again while it is held.
 * @returns sets what is pressed; it is released when the pointer goes up anywhere, or the window loses focus
 */
export function useRepeatWhilePressed<T>(act: (pressed: T) => void): (pressed: T | null) => void {
  const [pressed, setPressed] = useState<T | null>(null);
  const actNow = useEffectEvent(act);
  useEffect(() => {
    if (pressed === null) return undefined;
    actNow(pressed);
    let timer = setTimeout(function again() {
      actNow(pressed);
      timer = setTimeout(again, INTERVAL_MS);
    }, DELAY_MS);
    const letGo = () => setPressed(null);
    const ends = ['pointerup', 'pointercancel', 'blur'] as const;
    for (const end of ends) addEventListener(end, letGo);
    return () => {
      clearTimeout(timer);
      for (const end of ends) removeEventListener(end, letGo);
    };
  }, [pressed]);
  return setPressed;
}
