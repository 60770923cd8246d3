/** Listens for the keys of the whole page. */
import { useEffect, useEffectEvent } from 'react';
import { keyAction, type KeyAction } from './keys.ts';

const TYPED_IN =
  'input:not([type=radio], [type=checkbox], [type=range], [type=button]), textarea, select, [contenteditable]';
const PRESSED_BY_SPACE =
  'button, a, summary, input, label, [role=button], [role=menuitem], [role=option], [tabindex="0"]';

export function useKeys(onAction: (action: KeyAction) => void): void {
  const act = useEffectEvent(onAction);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // handled already, held down, or part of a letter that is still being composed
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      const within = (selector: string) => event.target instanceof Element && event.target.closest(selector) !== null;
      const action = keyAction({
        key: event.key,
        modified: event.ctrlKey || event.altKey || event.metaKey,
        typing: within(TYPED_IN),
        onControl: within(PRESSED_BY_SPACE),
        inDialog: document.querySelector('[role=dialog][aria-modal=true]') !== null,
      });
      if (!action) return;
      event.preventDefault();
      act(action);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
