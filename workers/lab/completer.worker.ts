/**
 * Entry of the worker that completes code: it keeps models open and implements their calls. It runs in a thread of its own, so
 * neither the page nor a training waits for it. It needs a data set only for a random test file.
 */
import { serve } from './serve.ts';
import { Completer } from '#completion/completer.ts';
import { Inspector } from '#completion/inspector.ts';
import { readWeightsFile } from '#core/formats/weightsFile.ts';
import { TextModel } from '#completion/textModel.ts';
import { TaskQueue } from '#completion/taskQueue.ts';
import { SimdRuntime } from '#engine/backends/simd/runtime.ts';
import type { CompletionApi, ModelSource, OpenModel } from '#contract/completer.ts';
import type { Implementation } from '#contract/remote.ts';
import type {
  CaretRequest,
  ExpectedRequest,
  InspectionRequest,
  LineRequest,
  OthersRequest,
  TextRequest,
  UnitRequest,
} from '#core/completion/answers.ts';
import { openDatabase, type Database } from '#storage/database.ts';
import { findDataset } from '#storage/datasets.ts';
import { fetchBytes } from '#storage/download.ts';
import { readRows } from '#storage/rows.ts';
import { readWeights, requireRun } from '#storage/runs.ts';
import { writeFile } from '#core/python/code/file.ts';
import { END_TOKEN, START_TOKEN, UNK_TOKEN } from '#core/python/specialTokens.ts';
import { UNK_ID } from '#core/data/vocabulary.ts';
import { streamFor } from '#core/random/stream.ts';
import { fail } from '#core/failure.ts';
import { hasWasmSimd } from '#core/site/features.ts';

/** Models kept open: two, so that they can be compared side by side. */
const MAX_OPEN = 2;

interface Open {
  readonly model: TextModel;
  readonly completer: Completer;
  readonly inspector: Inspector;
  readonly epoch: number | null;
}

class Completion implements Implementation<CompletionApi> {
  /** Open models by run id, the most recently used one last. */
  readonly #open = new Map<string, Open>();
  #runtime: Promise<SimdRuntime> | undefined;
  #database: Promise<Database> | undefined;
  readonly #asked = new TaskQueue();
  /** Opens and closes models one after the other. */
  readonly #opening = new TaskQueue();

  open(source: ModelSource) {
    return this.#opening.alone(() => this.#openModel(source));
  }

  readOthers(request: OthersRequest) {
    return this.#ask(request, 'others', false, ({ completer }, signal) => completer.readOthers(request, signal));
  }

  candidates(request: CaretRequest) {
    return this.#ask(request, 'caret', true, ({ completer }, signal) => completer.candidates(request, signal));
  }

  line(request: LineRequest) {
    return this.#ask(request, 'caret', true, ({ completer }, signal) => completer.line(request, signal));
  }

  inspect(request: InspectionRequest) {
    return this.#ask(request, 'inspect', false, ({ inspector }, signal) => inspector.inspect(request, signal));
  }

  unit(request: UnitRequest) {
    return this.#ask(request, 'unit', false, ({ inspector }, signal) => inspector.unit(request, signal));
  }

  informativeUnits(request: TextRequest) {
    return this.#ask(request, 'informativeUnits', false, ({ inspector }, signal) =>
      inspector.informativeUnits(request, signal),
    );
  }

  expected(request: ExpectedRequest) {
    return this.#ask(request, 'expected', false, ({ inspector }, signal) => inspector.expected(request, signal));
  }

  async testFile(runId: string, draw: number) {
    const { dataset, vocabulary, rules, reading, kept } = this.#require(runId).model.file;
    const database = await this.#storage();
    const row = await findDataset(database, dataset.id);
    if (row?.manifest.sha256 !== dataset.sha256) {
      fail(
        'not-found',
        row
          ? `The stored version of the data set ${dataset.id} differs from the one that this model was trained on.`
          : `The data set that this model was trained on, ${dataset.id}, is not stored here.`,
        'Download or import it on the Data page. Code completion works without it.',
      );
    }
    const { rows } = row.manifest.splits.test;
    if (rows === 0) fail('not-found', 'The data set has no test files.', 'Choose a file of your own.');
    const index = streamFor(draw, 'test file').below(rows);
    const [ids] = await readRows(database, row, 'test', [index]);
    const tokens = Array.from(ids!, (id) => (id < vocabulary.size ? vocabulary.token(id) : UNK_TOKEN));
    const written = writeFile(
      tokens.filter((token) => token !== START_TOKEN && token !== END_TOKEN),
      { rules, reading, kept },
      (token) => vocabulary.id(token) !== UNK_ID,
    );
    return { name: `file ${index + 1} of ${rows} of the test split`, ...written };
  }

  #ask<T>(
    { runId, ticket }: { readonly runId: string; readonly ticket: number },
    kind: string,
    urgent: boolean,
    job: (open: Open, signal: AbortSignal) => Promise<T | null>,
  ) {
    const open = this.#require(runId);
    return this.#asked.run({ of: open, kind, ticket, urgent }, (signal) => job(open, signal));
  }

  async #openModel(source: ModelSource): Promise<OpenModel> {
    const { runId } = source;
    const bestEpoch = source.address === null ? (await requireRun(await this.#storage(), runId)).bestEpoch : null;
    const before = this.#open.get(runId);
    if (before && before.epoch === bestEpoch) {
      this.#open.delete(runId);
      this.#open.set(runId, before);
    } else {
      const file = readWeightsFile(await this.#weightsOf(source));
      const others = [...this.#open.keys()].filter((id) => id !== runId);
      for (const id of others.slice(0, Math.max(0, others.length - MAX_OPEN + 1))) await this.#close(id);
      // the previous model stays until the new one is ready, so that keys pressed meanwhile get an answer
      const model = new TextModel(await this.#computing(), file);
      this.#open.delete(runId);
      this.#open.set(runId, {
        model,
        completer: new Completer(model),
        inspector: new Inspector(model),
        epoch: bestEpoch,
      });
      if (before) await this.#end(before);
    }
    const { model: open, epoch } = this.#require(runId);
    const { model, spec, config, dataset } = open.file;
    return { runId, model, spec, epoch, length: config.length, dataset };
  }

  async #weightsOf({ runId, address }: ModelSource): Promise<Uint8Array> {
    if (address !== null) {
      const missing = 'Train a model on the Train page, or choose another model.';
      return new Uint8Array(await fetchBytes(new URL(address), { missing }));
    }
    return (
      (await readWeights(await this.#storage(), runId)) ??
      fail('not-found', 'This run has no weights yet.', 'Wait until its first epoch ends, or choose another model.')
    );
  }

  async #close(runId: string): Promise<void> {
    const open = this.#open.get(runId);
    this.#open.delete(runId);
    if (open) await this.#end(open);
  }

  /** Waits until a model's pending calls have ended, then frees its memory. */
  async #end(open: Open): Promise<void> {
    await this.#asked.end(open);
    open.completer.dispose();
    open.model.dispose();
  }

  #require(runId: string): Open {
    return (
      this.#open.get(runId) ??
      fail('not-found', `The model of the run ${runId} is not open.`, 'Choose the model again.')
    );
  }

  #storage(): Promise<Database> {
    this.#database ??= openDatabase({
      onLost: () => (this.#database = undefined),
      beforeClose: async () => {
        this.#database = undefined;
      },
    });
    // If opening fails, the next call tries again: the user may have allowed storage meanwhile.
    this.#database.catch(() => (this.#database = undefined));
    return this.#database;
  }

  #computing(): Promise<SimdRuntime> {
    if (!hasWasmSimd()) {
      fail(
        'device',
        'This browser has no WebAssembly SIMD, which code completion needs.',
        'Use a browser from 2021 or later, or allow WebAssembly SIMD in its settings.',
      );
    }
    this.#runtime ??= SimdRuntime.open({ threads: 1, shared: false });
    this.#runtime.catch(() => (this.#runtime = undefined));
    return this.#runtime;
  }
}

serve<CompletionApi>(new Completion());
