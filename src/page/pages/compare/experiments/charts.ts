/**
 * The charts of configurations, loaded late. Not by `lazy`: what suspends is drawn again after all else, and the charts would come after the
 * whole page below them.
 */
import { createElement, useEffect, useState, type ReactNode } from 'react';
import { attempt } from '../../../ui/failures.ts';
import { lazyImport } from '../../../ui/lazyImport.ts';
import type { ConfigurationCharts, ConfigurationChartsProps } from './ConfigurationCharts.tsx';

type Charts = typeof ConfigurationCharts;

let loaded: Charts | null = null;

/** Loads them before they are needed. @throws LabError `network` */
export async function loadCharts(): Promise<Charts> {
  loaded ??= (await lazyImport(() => import('./ConfigurationCharts.tsx'))).ConfigurationCharts;
  return loaded;
}

/** Nothing until they are loaded; what fails goes to the banner. */
export function LateConfigurationCharts(props: ConfigurationChartsProps): ReactNode {
  const [charts, setCharts] = useState<Charts | null>(() => loaded);
  useEffect(() => {
    if (charts !== null) return;
    void attempt(async () => {
      const late = await loadCharts();
      setCharts(() => late);
    });
  }, [charts]);
  return charts && createElement(charts, props);
}
