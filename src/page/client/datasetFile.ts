/** A data set for other programs, as a browser download. */
import { saveFile } from '../ui/saveFile.ts';
import { lab } from './session.ts';

/** A .zip of its manifest and shards. @throws LabError `not-found`, `damaged-shard` */
export async function saveDataset(id: string): Promise<void> {
  const { name, content } = await lab.exportDataset(id);
  saveFile(name, content);
}
