import { MantineProvider } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { trainNow } from '../pages/train/begin.ts';
import { useLink } from '../pages/train/useLink.ts';
import { TrainPage } from '../pages/train/TrainPage.tsx';
import { askOffered, measureStorage, togglePause } from '../client/actions.ts';
import { watchOffline } from '../client/offline.ts';
import { openLab } from '../client/session.ts';
import { useQuestions } from '../client/runActions.ts';
import { recoverRuns } from '../client/recovery.ts';
import { keepAwake } from '../client/wakeLock.ts';
import { useConnection } from '../client/stores.ts';
import { colourSchemeManager } from './colourScheme.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { NewerBuild } from './NewerBuild.tsx';
import { Notices } from './Notices.tsx';
import { pageOf, titleOf, type PagePath } from './pages.ts';
import { focusRunSearch } from './searchRuns.ts';
import { cssVariables, theme } from './theme.ts';
import { Toasts } from './Toasts.tsx';
import { TopBar } from './TopBar.tsx';
import { useKeys } from './useKeys.ts';
import { usePageFocus } from './usePageFocus.ts';
import { useTrainingSigns } from './useTrainingSigns.ts';
import { lazyImport } from '../ui/lazyImport.ts';
import styles from './App.module.css';

const DataPage = lazy(async () => ({
  default: (await lazyImport(() => import('../pages/data/DataPage.tsx'))).DataPage,
}));
const ComparePage = lazy(async () => ({
  default: (await lazyImport(() => import('../pages/compare/ComparePage.tsx'))).ComparePage,
}));
const CompletePage = lazy(async () => ({
  default: (await lazyImport(() => import('../pages/complete/CompletePage.tsx'))).CompletePage,
}));

const KeyList = lazy(async () => ({
  default: (await lazyImport(() => import('./KeyList.tsx'))).KeyList,
}));

const WeightsDialog = lazy(async () => ({
  default: (await lazyImport(() => import('../runs/WeightsDialog.tsx'))).WeightsDialog,
}));

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colourSchemeManager}
    >
      {/* oxlint-disable-next-line react/hooks -- the router takes its location as a hook */}
      <Router hook={useHashLocation}>
        <Shell />
      </Router>
    </MantineProvider>
  );
}

function Shell() {
  const [location, go] = useHashLocation();
  const [keysOpen, setKeysOpen] = useState(false);
  const ready = useConnection(({ state }) => state === 'ready');
  const asked = useQuestions(({ pending }) => pending.length > 0);
  const page = pageOf(location);

  const region = usePageFocus(page);
  useTrainingSigns(page);
  useLink();
  useEffect(() => void openLab(), []);
  useEffect(watchOffline, []);
  useEffect(keepAwake, []);
  useEffect(recoverRuns, []);
  useEffect(() => {
    if (!ready) return;
    void askOffered();
    void measureStorage();
  }, [ready]);
  useKeys((action) => {
    switch (action.type) {
      case 'page':
        go(action.path);
        return;
      case 'train':
        go('/train');
        void trainNow();
        return;
      case 'pause':
        void togglePause();
        return;
      case 'search':
        go('/compare');
        focusRunSearch();
        return;
      case 'keys':
        setKeysOpen(true);
        return;
      default:
        action satisfies never;
    }
  });

  return (
    <div className={styles.app}>
      {/* the hash is used for routes, so a script moves the focus for this link */}
      <a
        className={styles.skipLink}
        href={`#${page}`}
        onClick={(event) => {
          event.preventDefault();
          region.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <TopBar page={page} onKeys={() => setKeysOpen(true)} />
      <main className={styles.page} ref={region} tabIndex={-1} aria-label={titleOf(page)}>
        <NewerBuild />
        <Notices />
        <ErrorBoundary key={page}>
          <Suspense fallback={<p className={styles.loading}>Opening the page</p>}>
            <Page path={page} />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Toasts />
      {asked && (
        <Suspense>
          <WeightsDialog />
        </Suspense>
      )}
      {keysOpen && (
        <Suspense>
          <KeyList onClose={() => setKeysOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Page({ path }: { readonly path: PagePath }) {
  switch (path) {
    case '/data':
      return <DataPage />;
    case '/train':
      return <TrainPage />;
    case '/compare':
      return <ComparePage />;
    case '/complete':
      return <CompletePage />;
    default:
      return path satisfies never;
  }
}
