/** What the manifest says of a source. */
export interface SourceFacts {
  /** Such as `python-stdlib`, `dir`, `zip`, `parquet`. */
  readonly kind: string;
  /** One sentence for people. */
  readonly description: string;
  readonly title: string;
  /** SPDX id, or a sentence. */
  readonly licence: string;
}
