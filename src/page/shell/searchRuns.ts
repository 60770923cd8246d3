/** The field that searches runs belongs to a page that may not be loaded yet. */

const FIELD = 'input[data-search-runs]';
const PATIENCE_MS = 5_000;

let stopWaiting = (): void => undefined;

/** Focuses the field, now or as soon as it is drawn; without runs there is none. */
export function focusRunSearch(): void {
  stopWaiting();
  if (focusNow()) return;
  const observer = new MutationObserver(() => focusNow() && stopWaiting());
  const timer = setTimeout(() => stopWaiting(), PATIENCE_MS);
  stopWaiting = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  observer.observe(document.body, { childList: true, subtree: true });
}

function focusNow(): boolean {
  const field = document.querySelector<HTMLInputElement>(FIELD);
  field?.focus();
  field?.select();
  return field !== null;
}
