/** What the worker that records (workers/verify/regression/recorder.worker.ts) can be asked; types only. */
import type { DeviceKind, ModelName } from '../settings/config.ts';
import type { ModelRecord } from './figures.ts';

export interface Recorder {
  /** Opens the device that is recorded on. @returns its name, in which all is that decides its bits */
  open(device: DeviceKind): Promise<string>;
  record(model: ModelName): Promise<ModelRecord>;
}
