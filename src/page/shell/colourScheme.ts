/** Light, dark or as the system is, stored as Mantine stores it. */
import { localStorageColorSchemeManager } from '@mantine/core';

export const colourSchemeManager = {
  ...localStorageColorSchemeManager({ key: 'minicopilot.theme' }),
  // an open tab keeps its scheme where another tab changes its own
  subscribe() {},
  unsubscribe() {},
};
