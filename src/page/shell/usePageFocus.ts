/** Going to another room moves the focus to it, as a new page would: what reads the page aloud says the room's name. */
import { useEffect, useRef, type RefObject } from 'react';
import type { PagePath } from './pages.ts';

/** @returns for the region that all rooms are drawn in */
export function usePageFocus(room: PagePath): RefObject<HTMLElement | null> {
  const region = useRef<HTMLElement>(null);
  const shown = useRef(room);
  useEffect(() => {
    // at a first visit the focus is the browser's
    if (shown.current === room) return;
    shown.current = room;
    scrollTo(0, 0);
    // a key may have led to a place within the room
    if (!region.current?.contains(document.activeElement)) region.current?.focus({ preventScroll: true });
  }, [room]);
  return region;
}
