/** What a data source is; README.md in this folder says how to add one. */
import type { SourceFacts, SourceFiles } from '../../../src/core/dataset/source.ts';

export interface DataSource {
  /** As a person writes it: `dir` in `dir:PATH`. */
  readonly name: string;
  /** How it is written, for --help: `dir:PATH`. */
  readonly usage: string;
  /** What it reads, for --help. */
  readonly summary: string;
  /**
   * @param argument what follows the colon; empty where nothing does
   * @throws CommandError where the argument is missing or names nothing that can be read
   */
  open(argument: string): Promise<OpenSource>;
}

export interface OpenSource {
  readonly facts: SourceFacts;
  /** Id of the data set where a person names none. */
  readonly defaultId: string;
  /** Names the content: another one whenever the files differ. */
  fingerprint(): Promise<string>;
  files(): SourceFiles;
}

export function isPythonFile(path: string): boolean {
  return path.toLowerCase().endsWith('.py');
}

/** A name as an id: lower-case letters, digits and hyphens. */
export function idFrom(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
  return id === '' ? 'dataset' : id;
}
