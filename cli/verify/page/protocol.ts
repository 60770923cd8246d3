/** `globalThis.verifier`, types only: its worker is a fresh one each time a device is opened. */
import type { Verifier } from '#core/regression/verifier.ts';

declare global {
  var verifier: Verifier;
}
