/** Dropping files onto the page. */
import { useFileDrop } from '../../ui/useFileDrop.ts';
import { entriesOf, gatherEntries } from './gather.ts';
import { recogniseSelection } from './importForm.ts';
import { recogniseFiles } from './recognise.ts';

/** True while files are held over the page. @param busy drops are neither taken nor followed: an import is under way */
export function useDrop(busy: boolean): boolean {
  return useFileDrop((dropped) => {
    // before anything is waited for: the browser empties what was dropped
    const entries = entriesOf(dropped);
    void recogniseSelection(async (onFound) => recogniseFiles(await gatherEntries(entries, onFound)));
  }, busy);
}
