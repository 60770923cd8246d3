/** `globalThis.regress`, types only: a recorder whose worker is a fresh one each time a device is opened. */
import type { Recorder } from '#core/regression/recorder.ts';

export type RegressPage = Recorder;

declare global {
  var regress: RegressPage;
}
