/**
 * Errors as values: a kind the code can switch on, a sentence for people, and what they can do about it. A `Failure` is plain data, so it
 * can be sent between page and worker; `LabError` carries one through a throw.
 */

export type FailureKind =
  /** IndexedDB is missing or refused (private window, blocked site data). */
  | 'no-storage'
  /** The disk quota is used up. */
  | 'storage-full'
  /** A download did not arrive. */
  | 'network'
  /** A shard's bytes do not match the hash in its manifest, twice. */
  | 'damaged-shard'
  /** A manifest, run file or other input does not match its schema. */
  | 'bad-input'
  /** A stored or downloaded format has a version this lab does not know. */
  | 'unknown-version'
  /** A newer version of the lab, in another tab, has taken over what is stored. */
  | 'superseded'
  /** No device can compute what was asked, or it was lost. */
  | 'device'
  /** A device was lost while it computed. */
  | 'device-lost'
  /** Another operation is in progress that excludes this one. */
  | 'busy'
  /** A training configuration is out of bounds. */
  | 'bad-config'
  /** The thing named does not exist. */
  | 'not-found'
  /** The loss stopped being a number. */
  | 'not-finite'
  /** The worker died or did not start. */
  | 'worker'
  /** The user cancelled it. */
  | 'cancelled'
  /** A run can resume, but would not be bit-identical to an uninterrupted run. */
  | 'other-bits'
  /** A bug in the lab. */
  | 'internal';

export interface Failure {
  readonly kind: FailureKind;
  /** What went wrong and where, as one or two sentences. */
  readonly what: string;
  /** What to do about it, and what is safe. */
  readonly remedy: string;
  /** The underlying message, for a bug report. */
  readonly detail?: string;
}

/** Maximum length in characters: sentences quote the contents of files, which can be of any length. */
const MAX_WHAT = 800;
const MAX_DETAIL = 8_000;

export class LabError extends Error {
  readonly failure: Failure;

  constructor({ kind, what, remedy, detail }: Failure, options?: { cause?: unknown }) {
    const failure = {
      kind,
      what: shortened(what, MAX_WHAT),
      remedy,
      ...(detail === undefined ? {} : { detail: shortened(detail, MAX_DETAIL) }),
    };
    super(`${failure.what} ${remedy}`, options);
    this.name = 'LabError';
    this.failure = failure;
  }
}

/** Keeps the beginning and end of a text longer than `most`: the beginning names the subject, the end the reason. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most / 2)} … ${text.slice(-most / 2)}`;
}

/** Throws a `LabError`; reads as a sentence at the place of the fault. */
export function fail(kind: FailureKind, what: string, remedy: string, cause?: unknown): never {
  const detail = cause === undefined ? undefined : messageOf(cause);
  throw new LabError({ kind, what, remedy, ...(detail === undefined ? {} : { detail }) }, { cause });
}

/** Any thrown value as a `Failure`; what the lab did not foresee becomes `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof LabError) return error.failure;
  return {
    kind: 'internal',
    what: `Something unexpected went wrong: ${messageOf(error)}`,
    remedy: 'Stored data is safe. Reload the page. If it happens again, please report it with this message.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
