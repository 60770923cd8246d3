/** Text and cursor after a pause in typing, so that the panels beside the editor are not redrawn for every key. */
import { useEffect, useState } from 'react';
import { useCompletion, type Caret } from '../completion.ts';
import { useCompleteSettings } from '../../../client/completeSettings.ts';

/** Milliseconds: what colours the text would only be superseded by the next key. */
const REST = 150;

export interface PausedText {
  readonly text: string;
  readonly caret: Caret | null;
}

const now = (): PausedText => ({ text: useCompleteSettings.getState().text, caret: useCompletion.getState().caret });

export function useTypingPause(): PausedText {
  const [resting, setResting] = useState(now);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restart = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setResting(now()), REST);
    };
    restart();
    const forget = [
      useCompleteSettings.subscribe(({ text }, before) => {
        if (text !== before.text) restart();
      }),
      useCompletion.subscribe(({ caret }, before) => {
        if (caret !== before.caret) restart();
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const each of forget) each();
    };
  }, []);
  return resting;
}
