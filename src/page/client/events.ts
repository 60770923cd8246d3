/** Writes the worker's events into the stores. Only here do events become state. */
import type { LabEvent, LabSnapshot } from '#contract/lab.ts';
import type { RunRecord } from '#core/runs/run.ts';
import { NO_STEPS } from '#core/runs/stepTable.ts';
import { notify } from '../ui/notices.ts';
import { appendSteps } from './steps.ts';
import {
  useActivity,
  useConnection,
  useDamaged,
  useDatasets,
  useImport,
  useQueue,
  useRateFinder,
  useRuns,
} from './stores.ts';
import { reportFailure } from '../ui/failures.ts';

export function applySnapshot(snapshot: LabSnapshot): void {
  const byId = <Item extends { readonly id: string }>(items: readonly Item[]): Record<string, Item> =>
    Object.fromEntries(items.map((item) => [item.id, item]));
  useRuns.setState({ runs: byId(snapshot.runs), labels: byId(snapshot.labels), steps: {} });
  useDamaged.setState({ records: snapshot.damaged });
  useQueue.setState({ experiments: snapshot.experiments });
  useDatasets.setState({ stored: snapshot.datasets, download: null });
  useActivity.setState({ activity: snapshot.activity, progress: null });
  useConnection.setState({ state: 'ready', failure: null, devices: snapshot.devices });
}

export function applyEvent(event: LabEvent): void {
  switch (event.type) {
    case 'download':
      useDatasets.setState(({ download }) =>
        // What arrives after the end or the cancelling of a download is not shown any more.
        download?.datasetId === event.progress.datasetId
          ? { download: { datasetId: download.datasetId, progress: event.progress } }
          : {},
      );
      return;
    case 'import':
      useImport.setState(({ importing }) =>
        // What arrives after the end of an import is not shown any more.
        importing.state === 'working' ? { importing: { ...importing, progress: event.progress } } : {},
      );
      return;
    case 'datasets':
      useDatasets.setState({ stored: event.datasets });
      return;
    case 'activity':
      useActivity.setState(({ progress }) => ({
        activity: event.activity,
        progress: event.activity.state !== 'idle' && event.activity.current === progress?.runId ? progress : null,
      }));
      return;
    case 'queue':
      useQueue.setState({ experiments: event.experiments });
      return;
    case 'progress': {
      const { runId, points } = event.progress;
      useActivity.setState({ progress: event.progress });
      if (points.step.length === 0) return;
      useRuns.setState(({ steps }) => ({
        steps: { ...steps, [runId]: appendSteps(steps[runId] ?? NO_STEPS, points) },
      }));
      return;
    }
    case 'rateFinder': {
      const { progress } = event;
      useRateFinder.setState(({ search }) =>
        // What arrives after the end is not shown any more.
        search.state === 'working'
          ? {
              search: {
                ...search,
                progress: [...search.progress.filter(({ choice }) => choice !== progress.choice), progress],
              },
            }
          : {},
      );
      return;
    }
    case 'run': {
      const { run } = event;
      useRuns.setState(({ runs, steps }) => ({
        runs: { ...runs, [run.id]: run },
        // A new run has none stored: what is heard of it is all there is.
        ...(run.state === 'waiting' ? { steps: { ...steps, [run.id]: NO_STEPS } } : {}),
      }));
      return;
    }
    case 'deleted':
      withoutRuns(event.ids);
      return;
    case 'damaged':
      useDamaged.setState({ records: event.records });
      return;
    case 'label': {
      const { label } = event;
      useRuns.setState(({ labels }) => ({ labels: { ...labels, [label.id]: label } }));
      return;
    }
    case 'note':
      notify({ text: event.text });
      return;
    case 'failure':
      // nothing can be done in this tab any more, so it is not a word to be dismissed
      if (event.failure.kind === 'superseded') useConnection.setState({ state: 'failed', failure: event.failure });
      else reportFailure(event.failure);
      return;
    default:
      event satisfies never;
  }
}

function withoutRuns(ids: readonly string[]): void {
  const without = <Value>(all: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !ids.includes(id)));
  useRuns.setState(({ runs, steps }) => ({ runs: without(runs), steps: without(steps) }));
}

/** Runs that were restored or imported. */
export function rememberRuns(fresh: readonly RunRecord[]): void {
  useRuns.setState(({ runs }) => ({ runs: { ...runs, ...Object.fromEntries(fresh.map((run) => [run.id, run])) } }));
}
