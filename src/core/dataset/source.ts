/** What a data source hands to the pipeline, whatever it reads from. */

/** One file of Python source. */
export interface SourceFile {
  /** With forward slashes, from the source's own top: orders the files, and names them in reports. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type SourceFiles = AsyncIterable<SourceFile> | Iterable<SourceFile>;

/** What the manifest says of a source. */
export interface SourceFacts {
  /** Such as `python-stdlib`, `dir`, `zip`. */
  readonly kind: string;
  /** One sentence for people. */
  readonly description: string;
  readonly title: string;
  /** SPDX id, or a sentence. */
  readonly licence: string;
}
