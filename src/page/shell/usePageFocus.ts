/** Going to another page moves the focus to it, so that a screen reader says its name. */
import { useEffect, useRef, type RefObject } from 'react';
import type { PagePath } from './pages.ts';

/** @returns for the region that all pages are drawn in */
export function usePageFocus(page: PagePath): RefObject<HTMLElement | null> {
  const region = useRef<HTMLElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    // at a first visit the focus is the browser's
    if (shown.current === page) return;
    shown.current = page;
    scrollTo(0, 0);
    // a key may have led to a place within the page
    if (!region.current?.contains(document.activeElement)) region.current?.focus({ preventScroll: true });
  }, [page]);
  return region;
}
