/** How a check against known results came out. */
import type { DeviceKind } from '../settings/config.ts';

export interface OracleResult {
  readonly case: string;
  readonly device: DeviceKind;
  readonly ok: boolean;
  /** The comparison nearest to or furthest over its limit. */
  readonly worst: { readonly what: string; readonly value: number; readonly limit: number };
}
