/** The pending import and its settings; kept while other pages are shown. */
import { create } from 'zustand';
import type { ImportRequest } from '#contract/lab.ts';
import { DEFAULT_LENGTH, DEFAULT_VOCABULARY } from '#core/data/build.ts';
import { idFrom } from '#core/data/id.ts';
import { MAX_VOCABULARY_SIZE } from '#core/data/vocabulary.ts';
import { failureOf, type Failure } from '#core/failure.ts';
import { dismissImport } from '../../client/imports.ts';
import { isWrong, type NumberEntry } from '../../ui/numbers/entry.ts';
import { limitsProblem, type NumberLimits } from '../../ui/numbers/limits.ts';
import { LOCALE } from '../../ui/numbers/locale.ts';
import type { Recognised } from './recognise.ts';

export const VOCABULARY_LIMITS: NumberLimits = { whole: true, min: 1, max: MAX_VOCABULARY_SIZE };
export const LENGTH_LIMITS: NumberLimits = { whole: true, min: 2, max: 65_535 };

export type ImportSelection =
  | { readonly state: 'nothing' }
  /** Looking through folders; files found so far. */
  | { readonly state: 'looking'; readonly found: number }
  | { readonly state: 'refused'; readonly failure: Failure }
  | { readonly state: 'recognised'; readonly what: Recognised };

export interface ImportForm {
  readonly selection: ImportSelection;
  readonly title: string;
  readonly vocabulary: NumberEntry;
  readonly length: NumberEntry;
  readonly wholeFiles: boolean;
  readonly dropDuplicates: boolean;
}

export const FRESH_FORM: ImportForm = {
  selection: { state: 'nothing' },
  title: '',
  vocabulary: DEFAULT_VOCABULARY,
  length: DEFAULT_LENGTH,
  wholeFiles: false,
  dropDuplicates: false,
};

export const useImportForm = create<ImportForm>()(() => FRESH_FORM);

let lastRequest = 0;

/** Recognises what was chosen, and opens the sheet or says why not. A later choice replaces an earlier one. */
export async function recogniseSelection(
  recognise: (onFound: (files: number) => void) => Promise<Recognised>,
): Promise<void> {
  const request = ++lastRequest;
  const update = (selection: ImportSelection) => {
    if (request === lastRequest) useImportForm.setState({ selection });
  };
  dismissImport();
  update({ state: 'looking', found: 0 });
  try {
    const what = await recognise((found) => update({ state: 'looking', found }));
    if (request === lastRequest)
      useImportForm.setState({ ...FRESH_FORM, selection: { state: 'recognised', what }, title: what.title });
  } catch (error) {
    update({ state: 'refused', failure: failureOf(error) });
  }
}

export function closeImportForm(): void {
  lastRequest++;
  useImportForm.setState(FRESH_FORM);
}

export type FormErrors = Readonly<Partial<Record<'title' | 'vocabulary' | 'length', string>>>;

/** What is wrong in the fields, by field. */
export function errorsOf({ title, vocabulary, length }: Omit<ImportForm, 'selection'>): FormErrors {
  const errors: Partial<Record<keyof FormErrors, string>> = {};
  if (title.trim() === '') errors.title = 'Enter a name.';
  const wrongVocabulary = problemOf(vocabulary, VOCABULARY_LIMITS);
  const wrongLength = problemOf(length, LENGTH_LIMITS);
  if (wrongVocabulary !== null) errors.vocabulary = wrongVocabulary;
  if (wrongLength !== null) errors.length = wrongLength;
  return errors;
}

/** What is wrong with a number field, in words; an empty field is wrong too. */
function problemOf(entry: NumberEntry, limits: NumberLimits): string | null {
  return isWrong(entry) ? entry.problem : limitsProblem(entry ?? NaN, limits, LOCALE);
}

/** The id that the data set gets: the source's own while its name is not changed. */
export function idOf(title: string, what: Recognised): string {
  return title.trim() === what.title ? what.id : idFrom(title);
}

/** Null while a field is wrong. */
export function requestOf(form: ImportForm): ImportRequest | null {
  const { selection, vocabulary, length, wholeFiles, dropDuplicates } = form;
  if (selection.state !== 'recognised' || typeof vocabulary !== 'number' || typeof length !== 'number') return null;
  if (Object.keys(errorsOf(form)).length > 0) return null;
  const { what } = selection;
  const title = form.title.trim();
  return { source: what.source, id: idOf(title, what), title, vocabulary, length, wholeFiles, dropDuplicates };
}
