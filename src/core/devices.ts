/** Devices that compute: their names, and what the page knows about them. */

/** The user's choice; `auto` selects the best device available. */
export const DEVICE_CHOICES = ['auto', 'webgpu', 'cpu', 'reference'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];
export type DeviceKind = Exclude<DeviceChoice, 'auto'>;

export interface DeviceOption {
  readonly kind: DeviceKind;
  /** The adapter or backend, for people. */
  readonly name: string;
  /** False where it cannot be used; `note` then says why. */
  readonly available: boolean;
  /** One sentence: what it is, or why it is missing. */
  readonly note: string;
}

export interface DeviceReport {
  /** The device that `auto` selects. */
  readonly chosen: DeviceKind;
  /** One sentence for the badge: why `auto` selects this device. */
  readonly why: string;
  readonly options: readonly DeviceOption[];
}
