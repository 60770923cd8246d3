/** Keeps the address and the form the same: an opened link fills the form, a changed form writes the address. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { useTrainForm } from './form.ts';
import { formToQuery, queryToForm } from './link.ts';

/** The parts of the current address that could not be applied. */
export const useLinkNotes = create<{ readonly ignored: readonly string[] }>()(() => ({ ignored: [] }));

/** Browsers refuse to have the address written more than some hundred times in half a minute. */
const WRITE_AFTER_MS = 300;

export function useLink(): void {
  useEffect(() => {
    const read = () => {
      const { form, ignored } = queryToForm(location.search);
      // What the form says already is not read again, or typing would be undone.
      if (formToQuery(useTrainForm.getState()) !== formToQuery(form)) useTrainForm.setState(form);
      useLinkNotes.setState({ ignored });
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = () => {
      const query = formToQuery(useTrainForm.getState());
      const address = `${location.pathname}${query && `?${query}`}${location.hash}`;
      history.replaceState(history.state, '', address);
    };
    if (location.search !== '') read();
    const stop = useTrainForm.subscribe((form, before) => {
      if (formToQuery(form) === formToQuery(before)) return;
      clearTimeout(timer);
      timer = setTimeout(write, WRITE_AFTER_MS);
    });
    addEventListener('popstate', read);
    return () => {
      clearTimeout(timer);
      stop();
      removeEventListener('popstate', read);
    };
  }, []);
}

/** The address of the experiment that the form shows. */
export function linkToForm(): string {
  const query = formToQuery(useTrainForm.getState());
  return `${location.origin}${location.pathname}${query && `?${query}`}#/train`;
}
