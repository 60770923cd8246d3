/** Light, dark or as the system is, kept in localStorage where the browser allows it. */
import { isMantineColorScheme, type MantineColorSchemeManager } from '@mantine/core';

const KEY = 'minicopilot.theme';

export const colourSchemeManager: MantineColorSchemeManager = {
  get(fallback) {
    try {
      const kept = localStorage.getItem(KEY);
      return isMantineColorScheme(kept) ? kept : fallback;
    } catch {
      return fallback; // Refused in some private windows: the theme is then the system's.
    }
  },
  set(value) {
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // The choice holds for this visit.
    }
  },
  subscribe() {},
  unsubscribe() {},
  clear() {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Nothing was kept.
    }
  },
};
