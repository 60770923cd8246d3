/** Files held over the page, and dropped anywhere on it: a drop that nothing handles would make the browser leave the page. */
import { useEffect, useEffectEvent, useState } from 'react';

/**
 * @param onDrop is called with the dropped files; an editor below does not get the event, since it would insert the file's text itself
 * @param busy drops are ignored
 * @returns whether files are held over the page
 */
export function useFileDrop(onDrop: (dropped: DataTransfer) => void, busy = false): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(onDrop);
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
    const onFiles = (event: DragEvent) => {
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      if (!busy) take(event.dataTransfer);
    };
    const capture = { capture: true };
    window.addEventListener('dragover', onOver, capture);
    window.addEventListener('dragleave', onLeave, capture);
    window.addEventListener('drop', onFiles, capture);
    return () => {
      window.removeEventListener('dragover', onOver, capture);
      window.removeEventListener('dragleave', onLeave, capture);
      window.removeEventListener('drop', onFiles, capture);
    };
  }, [busy]);
  return over;
}
