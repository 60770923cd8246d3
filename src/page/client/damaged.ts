/** Actions on a stored record that cannot be read. */
import type { DamagedRecord } from '#core/runs/damagedRecord.ts';
import { attempt } from '../ui/failures.ts';
import { notify } from '../ui/notices.ts';
import { saveFile } from '../ui/saveFile.ts';
import { lab } from './session.ts';

/** Everything that is stored of its run or data set, as a browser download. */
export const saveDamaged = (record: DamagedRecord) =>
  attempt(async () => {
    const { name, content } = await lab.exportDamaged(record);
    saveFile(name, content);
  });

/** Deletes it, and offers to undo that, except for a data set. */
export const deleteDamaged = (record: DamagedRecord) =>
  attempt(async () => {
    await lab.deleteDamaged(record);
    notify({
      text: `Deleted: ${record.title}.`,
      ...(record.store === 'datasets'
        ? {}
        : { action: { label: 'Undo', run: () => void attempt(() => lab.restoreDamaged(record)) } }),
    });
  });
