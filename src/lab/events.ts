/** Writes what the worker says into the stores. The one place where events become state. */
import type { LabEvent, LabSnapshot } from '../../workers/protocol.ts';
import type { RunRecord, StepRecord } from '../core/run.ts';
import { appendSteps, joinSteps } from './steps.ts';
import { reportFailure, useActivity, useConnection, useDatasets, useImport, useRuns } from './stores.ts';

export function applySnapshot(snapshot: LabSnapshot): void {
  const runs: Record<string, RunRecord> = {};
  const steps: Record<string, readonly StepRecord[]> = {};
  for (const run of snapshot.runs) {
    runs[run.id] = run;
    steps[run.id] = joinSteps(run.steps, []);
  }
  useRuns.setState({ runs, steps });
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
    case 'progress': {
      const { runId, points } = event.progress;
      useActivity.setState({ progress: event.progress });
      if (points.length === 0) return;
      useRuns.setState(({ steps }) => ({ steps: { ...steps, [runId]: appendSteps(steps[runId] ?? [], points) } }));
      return;
    }
    case 'run': {
      const { run } = event;
      useRuns.setState(({ runs, steps }) => ({
        runs: { ...runs, [run.id]: run },
        steps: { ...steps, [run.id]: joinSteps(run.steps, steps[run.id] ?? []) },
      }));
      return;
    }
    case 'failure':
      reportFailure(event.failure);
      return;
    default:
      event satisfies never;
  }
}

/** The worker names no deleted runs in its events, so the page forgets one itself after the call succeeds. */
export function forgetRun(id: string): void {
  useRuns.setState(({ runs, steps }) => {
    const { [id]: _run, ...otherRuns } = runs;
    const { [id]: _steps, ...otherSteps } = steps;
    return { runs: otherRuns, steps: otherSteps };
  });
}
