/** Dropping files onto the room. */
import { useEffect, useState } from 'react';
import { entriesOf, gatherEntries } from './gather.ts';
import { look } from './importForm.ts';
import { recogniseFiles } from './recognise.ts';

/**
 * True while files are held over the page. A drop anywhere in the room counts, since beside the zone it would make the browser
 * leave the page.
 * @param busy drops are neither taken nor followed: an import is under way
 */
export function useDrop(busy: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (busy && event.dataTransfer) event.dataTransfer.dropEffect = 'none';
      else setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      if (busy) return;
      const entries = entriesOf(event.dataTransfer);
      void look(async (onFound) => recogniseFiles(await gatherEntries(entries, onFound)));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [busy]);
  return over;
}
