/** Stored records that cannot be read. */

/** A stored record, or a part of one, that cannot be read. It stays unchanged until the user deletes it. */
export interface DamagedRecord {
  /** The object store that holds it. */
  readonly store: 'runs' | 'labels' | 'steps' | 'breakdowns' | 'checkpoints' | 'experiments' | 'datasets';
  /** Id of the run, experiment or data set. */
  readonly id: string;
  /** Readable name: `RNN 3`, `The steps of RNN 3`. */
  readonly title: string;
  /** A sentence that says what is wrong. */
  readonly what: string;
}
