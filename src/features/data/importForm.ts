/** What is about to be imported, and how; kept while other rooms are looked at. */
import { create } from 'zustand';
import type { ImportRequest } from '../../../workers/protocol.ts';
import { DEFAULT_LENGTH, DEFAULT_VOCABULARY } from '../../core/dataset/build.ts';
import { idFrom } from '../../core/dataset/sources/source.ts';
import { MOST_TOKENS } from '../../core/dataset/vocabulary.ts';
import { failureOf, type Failure } from '../../core/failure.ts';
import { formatCount } from '../../core/format.ts';
import { dismissImport } from '../../lab/imports.ts';
import type { Recognised } from './recognise.ts';

const LEAST_LENGTH = 2;
const MOST_LENGTH = 65_535;

export type Brought =
  | { readonly state: 'nothing' }
  /** Looking through folders; files found so far. */
  | { readonly state: 'looking'; readonly found: number }
  | { readonly state: 'refused'; readonly failure: Failure }
  | { readonly state: 'recognised'; readonly what: Recognised };

export interface ImportForm {
  readonly brought: Brought;
  readonly title: string;
  /** Null where the field is empty or holds no number. */
  readonly vocabulary: number | null;
  readonly length: number | null;
  readonly wholeFiles: boolean;
  readonly dropDuplicates: boolean;
}

export const FRESH_FORM: ImportForm = {
  brought: { state: 'nothing' },
  title: '',
  vocabulary: DEFAULT_VOCABULARY,
  length: DEFAULT_LENGTH,
  wholeFiles: false,
  dropDuplicates: false,
};

export const useImportForm = create<ImportForm>()(() => FRESH_FORM);

let lastLook = 0;

/** Looks at what was brought, and opens the sheet or says why not. What was brought later wins. */
export async function look(recognise: (onFound: (files: number) => void) => Promise<Recognised>): Promise<void> {
  const turn = ++lastLook;
  const tell = (brought: Brought) => {
    if (turn === lastLook) useImportForm.setState({ brought });
  };
  dismissImport();
  tell({ state: 'looking', found: 0 });
  try {
    const what = await recognise((found) => tell({ state: 'looking', found }));
    if (turn === lastLook)
      useImportForm.setState({ ...FRESH_FORM, brought: { state: 'recognised', what }, title: what.title });
  } catch (error) {
    tell({ state: 'refused', failure: failureOf(error) });
  }
}

export function putAway(): void {
  lastLook++;
  useImportForm.setState(FRESH_FORM);
}

export type FormErrors = Readonly<Partial<Record<'title' | 'vocabulary' | 'length', string>>>;

/** What is wrong in the fields, by field. */
export function errorsOf({ title, vocabulary, length }: Omit<ImportForm, 'brought'>): FormErrors {
  const errors: Partial<Record<keyof FormErrors, string>> = {};
  if (title.trim() === '') errors.title = 'A name to find it by.';
  const bounds = (value: number | null, least: number, most: number) =>
    value !== null && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `A whole number from ${formatCount(least)} to ${formatCount(most)}.`;
  const wrongVocabulary = bounds(vocabulary, 1, MOST_TOKENS);
  const wrongLength = bounds(length, LEAST_LENGTH, MOST_LENGTH);
  if (wrongVocabulary !== undefined) errors.vocabulary = wrongVocabulary;
  if (wrongLength !== undefined) errors.length = wrongLength;
  return errors;
}

/** The id that the data set gets: the source's own while its name is not changed. */
export function idOf(title: string, what: Recognised): string {
  return title.trim() === what.title ? what.id : idFrom(title);
}

/** Null while a field is wrong. */
export function requestOf(form: ImportForm): ImportRequest | null {
  const { brought, vocabulary, length, wholeFiles, dropDuplicates } = form;
  if (brought.state !== 'recognised' || vocabulary === null || length === null) return null;
  if (Object.keys(errorsOf(form)).length > 0) return null;
  const { what } = brought;
  const title = form.title.trim();
  return { source: what.source, id: idOf(title, what), title, vocabulary, length, wholeFiles, dropDuplicates };
}
