/** Questions about a text with a cursor, and a model's answers. Places in a text are offsets in UTF-16 units, as strings count. */
import type { Piece } from '../python/code/write.ts';
import type { Decoding } from './decoding.ts';

export interface CaretRequest {
  readonly ticket: number;
  readonly runId: string;
  readonly text: string;
  readonly cursor: number;
  /** Whether a cache over the text adds to what the model expects (../cache/mixture.ts). */
  readonly cache: boolean;
}

/** What is at the cursor: code, or a place without suggestions. */
export type CaretPlace = 'code' | 'string' | 'comment';

export interface Candidate {
  /** As the vocabulary has it. */
  readonly token: string;
  /** As it is written; null for what cannot be written: `<UNK>`, the end of a line or of a file. */
  readonly text: string | null;
  /** Probability among all tokens, regardless of what is already typed. */
  readonly probability: number;
  /** Part of the probability that comes from the cache; 0 without one. */
  readonly fromCache: number;
  /** Part of that which comes from other files. */
  readonly fromOthers: number;
  /** Whether it occurs only in the text: a name outside the vocabulary, or a literal. */
  readonly ofText: boolean;
}

export interface Candidates {
  readonly place: CaretPlace;
  /** The part of the token that is already typed; empty where a new token begins. */
  readonly typed: string;
  /** The likeliest first, at most five; with something typed only those that begin with it. */
  readonly candidates: readonly Candidate[];
  /** With a cache: probability of a name that is neither in the vocabulary nor in the text; null without one. */
  readonly somethingNew: number | null;
  /** Tokens before the cursor, and of these, read for this answer: the others were read before. */
  readonly tokens: number;
  readonly read: number;
  /** Milliseconds in the worker. */
  readonly milliseconds: number;
}

export interface LineRequest extends CaretRequest {
  readonly decoding: Decoding;
  /** Index of the candidate that the line begins with; null lets the decoding choose. */
  readonly first: number | null;
}

export interface Line {
  /** To be inserted at the cursor; none where nothing is offered. */
  readonly pieces: readonly Piece[];
  readonly tokens: readonly string[];
  /** Product over all these tokens. */
  readonly probability: number;
  /** Why it ends: the model's end of line or of file, a token that cannot be written, or for length. */
  readonly end: 'line' | 'file' | 'unknown' | 'length';
  readonly milliseconds: number;
}

/** Other files whose tokens are in the cache too, in front of those of the text. */
export interface OthersRequest {
  readonly ticket: number;
  readonly runId: string;
  readonly texts: readonly string[];
}

export interface OthersRead {
  /** How many tokens of each file were read: all of them, or as many as there was room for. */
  readonly tokens: readonly number[];
}

export interface TextRequest {
  readonly ticket: number;
  readonly runId: string;
  readonly text: string;
}

export interface InspectionRequest extends TextRequest {
  /** Whether surprise with a cache is computed too. */
  readonly cache: boolean;
}

/** How expected each token of a text was. */
export interface Surprise {
  /** -log2 of the probability. */
  readonly bits: Float32Array<ArrayBuffer>;
  /** Number of tokens that the model considered likelier. */
  readonly ranks: Int32Array<ArrayBuffer>;
  /** Mean bits per token; NaN without tokens. */
  readonly meanBits: number;
}

/** A whole text as the model sees it: a row a token, `<s>` left out. The surprise is that of the model alone. */
export interface Inspection extends Surprise {
  readonly tokens: readonly string[];
  /** The place of each in the text; the end of a line is its line feed. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  /** With a cache over the text, where that was asked for. */
  readonly cached: Surprise | null;
  /** The end of the file after the last token; it is not one of `tokens`. */
  readonly fileEnd: { readonly bits: number; readonly rank: number };
  /** Where Python's own tokenizer would give up, in a sentence; what comes after may be missing. */
  readonly trouble: { readonly line: number; readonly reason: string } | null;
  /** Number of tokens at the end that exceed what a session reads. */
  readonly beyond: number;
}

/** Number of a recurrent layer, from 1. */
export type Layer = number;

export interface UnitRequest extends TextRequest {
  readonly layer: Layer;
  /** From 0. */
  readonly unit: number;
}

/** A unit after each token of an inspection. */
export interface UnitTrace {
  readonly hidden: Float32Array<ArrayBuffer>;
  /** The gates in the order in which they are computed, then the cell state of an LSTM; null for a cell without gates. */
  readonly gates: readonly GateTrace[] | null;
}

export interface GateTrace {
  /** Such as `forget`. */
  readonly name: string;
  readonly values: Float32Array<ArrayBuffer>;
  /** Whether it stays within ±1. */
  readonly bounded: boolean;
}

/** The unit of a layer that correlates most with a feature of the text. */
export interface InformativeUnit {
  readonly layer: Layer;
  readonly unit: number;
  /** Such as `depth of brackets`. */
  readonly follows: string;
  /** Pearson's, over the tokens of the text. */
  readonly correlation: number;
}

export interface ExpectedRequest extends TextRequest {
  /** Whether a cache over the tokens before it adds to what the model expects. */
  readonly cache: boolean;
  /** Index in the inspection, from 0. */
  readonly token: number;
}

export interface TestFile {
  /** Such as `file 12 of 43 of the test split`. */
  readonly name: string;
  readonly text: string;
  /** Tokens outside the vocabulary appear in the text as this name. */
  readonly unknown: string;
}
