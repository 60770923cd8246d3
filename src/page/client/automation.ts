/**
 * `globalThis.minicopilot`: the user's actions as functions for programs. The command line drives the lab with it in a headless browser,
 * and it can be used in the browser's console.
 */
import type { CompletionApi } from '#contract/completer.ts';
import type { WeightsFormat } from '#contract/lab.ts';
import type { RemoteCalls } from '#contract/remote.ts';
import type { ExperimentRecord } from '#core/experiments/record.ts';
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { saveWeights } from './runActions.ts';
import type { Lab } from './client.ts';
import { isolation, type Isolation } from './isolation.ts';
import { lab } from './session.ts';
import {
  useActivity,
  useConnection,
  useDamaged,
  useDatasets,
  useQueue,
  useRuns,
  type ActivityState,
  type ConnectionState,
  type DatasetsState,
  type RunsState,
} from './stores.ts';
import { useFailures, type ShownFailure } from '../ui/failures.ts';

/** Plain data: it can be passed out of the page. */
export interface LabState {
  /** Wait for `connection.state` to be `ready` before anything else; on `failed` it holds the failure. */
  readonly connection: ConnectionState;
  /** Whether the page can have threads in WebAssembly. */
  readonly isolation: Isolation;
  readonly datasets: Pick<DatasetsState, 'stored' | 'download'>;
  readonly activity: ActivityState['activity'];
  readonly progress: ActivityState['progress'];
  readonly runs: RunsState['runs'];
  /** Experiments of which something is to be trained, or was since the lab was opened, and the newest one. */
  readonly experiments: readonly ExperimentRecord[];
  /** What is stored and cannot be read. */
  readonly damaged: readonly DamagedRecord[];
  /** Failures shown above the pages and not dismissed yet. */
  readonly failures: readonly ShownFailure['failure'][];
}

export interface Automation {
  /** The worker's calls; each rejects with a `LabError` whose message is the sentence and the remedy. */
  readonly lab: Lab;
  state(): LabState;
  /** The worker that completes code, as the Complete page asks it. */
  completer(): Promise<RemoteCalls<CompletionApi>>;
  /** The best weights of a run as a browser download, `<model>.safetensors` where no format is named; gives the name. */
  downloadWeights(runId: string, format?: WeightsFormat): Promise<string>;
}

declare global {
  var minicopilot: Automation | undefined;
}

export function exposeAutomation(): void {
  globalThis.minicopilot = {
    lab,
    state() {
      const { stored, download } = useDatasets.getState();
      const { activity, progress } = useActivity.getState();
      return {
        connection: useConnection.getState(),
        isolation: isolation(),
        datasets: { stored, download },
        activity,
        progress,
        runs: useRuns.getState().runs,
        experiments: useQueue.getState().experiments,
        damaged: useDamaged.getState().records,
        failures: useFailures.getState().shown.map(({ failure }) => failure),
      };
    },
    completer: async () => (await import('./completer.ts')).completer,
    downloadWeights: saveWeights,
  };
}
