/** Types of `globalThis.verifier`. It starts a new worker each time a device is opened. */
import type { Verifier } from '#core/regression/verifier.ts';

declare global {
  var verifier: Verifier;
}
