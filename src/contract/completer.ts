/**
 * The contract between the page and the worker that completes code: types only. Offsets in a text count UTF-16 units, as strings do.
 * Every request has a ticket. It supersedes unfinished requests of its kind with a lower ticket, which then return null.
 */
import type {
  CaretRequest,
  Candidate,
  Candidates,
  LineRequest,
  Line,
  TextRequest,
  InspectionRequest,
  Inspection,
  UnitRequest,
  UnitTrace,
  InformativeUnit,
  ExpectedRequest,
  TestFile,
  OthersRequest,
  OthersRead,
} from '#core/completion/answers.ts';
import type { ModelName } from '#core/models/registry.ts';
import type { ModelSpec } from '#core/models/spec.ts';

export interface ModelSource {
  readonly runId: string;
  /** Address of the weights of a ready-made model; null for a stored run. */
  readonly address: string | null;
}

/** A model that is open for completing. */
export interface OpenModel {
  readonly runId: string;
  readonly model: ModelName;
  readonly spec: ModelSpec;
  /** Epoch of the weights; null if they were imported without a run. */
  readonly epoch: number | null;
  /** Tokens per row in training. */
  readonly length: number;
  readonly dataset: { readonly id: string; readonly sha256: string };
}

export interface CompletionApi {
  /** Opens the current best weights of a run, or a ready-made model. Two models stay open. */
  open(source: ModelSource): Promise<OpenModel>;
  /** Reads other files into the cache of an open model, replacing the previous ones. */
  readOthers(request: OthersRequest): Promise<OthersRead | null>;
  candidates(request: CaretRequest): Promise<Candidates | null>;
  /** Completes the line. Returns no tokens if text other than closing brackets, punctuation or a comment follows. */
  line(request: LineRequest): Promise<Line | null>;
  inspect(request: InspectionRequest): Promise<Inspection | null>;
  unit(request: UnitRequest): Promise<UnitTrace | null>;
  informativeUnits(request: TextRequest): Promise<readonly InformativeUnit[] | null>;
  /** The candidates that the model expected instead of a token. */
  expected(request: ExpectedRequest): Promise<readonly Candidate[] | null>;
  /** A row of the test split of the model's data set, written as code; the same draw gives the same row. */
  testFile(runId: string, draw: number): Promise<TestFile>;
}
