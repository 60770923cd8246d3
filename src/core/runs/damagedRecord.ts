/** Stored records that cannot be read. */

/** A stored record that cannot be read, or a part of one. It stays as it is until the user deletes it. */
export interface DamagedRecord {
  /** The object store that holds it. */
  readonly store: 'runs' | 'labels' | 'steps' | 'breakdowns' | 'checkpoints' | 'experiments' | 'datasets';
  /** Id of the run, experiment or data set. */
  readonly id: string;
  /** What it is, for people: `RNN 3`, `The steps of RNN 3`. */
  readonly title: string;
  /** What is wrong, in a sentence. */
  readonly what: string;
}
