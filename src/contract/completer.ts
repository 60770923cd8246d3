/**
 * The contract between the page and the worker that completes code: types only. Places in a text are offsets in UTF-16 units, as
 * strings count. Every call names a ticket; a call with a higher one supersedes all that are under way or wait with a lower one,
 * which then answer null.
 */
import type {
  CaretRequest,
  Candidate,
  Candidates,
  LineRequest,
  Line,
  TextRequest,
  Inspection,
  UnitRequest,
  UnitTrace,
  InformativeUnit,
  ExpectedRequest,
  TestFile,
} from '#core/completion/answers.ts';
import type { ModelName } from '#core/models/registry.ts';
import type { ModelSpec } from '#core/models/spec.ts';

export interface ModelSource {
  readonly runId: string;
  /** Where the weights of a ready-made model are; null for a stored run. */
  readonly address: string | null;
}

/** A model that is open for completing. */
export interface OpenModel {
  readonly runId: string;
  readonly model: ModelName;
  readonly spec: ModelSpec;
  /** Epoch that the weights are from; null where they came without a run. */
  readonly epoch: number | null;
  /** Tokens a row had in training. */
  readonly length: number;
  readonly dataset: { readonly id: string; readonly sha256: string };
}

export interface CompletionApi {
  /** Opens the best weights of a run, as they are now, or a model of the site; two models are kept open. */
  open(source: ModelSource): Promise<OpenModel>;
  candidates(request: CaretRequest): Promise<Candidates | null>;
  /** Nothing is offered where text other than closing brackets follows on the line. */
  line(request: LineRequest): Promise<Line | null>;
  inspect(request: TextRequest): Promise<Inspection | null>;
  unit(request: UnitRequest): Promise<UnitTrace | null>;
  informativeUnits(request: TextRequest): Promise<readonly InformativeUnit[] | null>;
  /** What the model expected in the place of a token. */
  expected(request: ExpectedRequest): Promise<readonly Candidate[] | null>;
  /** A row of the test split of the model's data set, written as code; the same one for the same draw. */
  testFile(runId: string, draw: number): Promise<TestFile>;
}
