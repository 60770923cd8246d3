/** The models that come with the site, read when a room first wants them. */
import { create } from 'zustand';
import { parseReadyMadeIndex, readyMadeOf, type ReadyMade } from '../core/readyMade.ts';

/** Null until the list is read; empty where the site has none. */
export const useReadyMade = create<{ readonly models: readonly ReadyMade[] | null }>()(() => ({ models: null }));

let reading = false;

/** Reads them once; a site without any, or one that cannot be reached, has none, and is asked again the next time. */
export async function readReadyMade(): Promise<void> {
  if (reading || useReadyMade.getState().models?.length) return;
  reading = true;
  const models: ReadyMade[] = [];
  try {
    const index = parseReadyMadeIndex(await textAt('models/index.json'));
    for (const entry of index?.models ?? []) {
      const made = readyMadeOf(entry, await textAt(`models/${entry.folder}/metrics.json`));
      if (made) models.push({ ...made, address: addressOf(made.address) });
    }
  } catch {
    // the room says how to come by a model; those that were read are offered
  } finally {
    reading = false;
    useReadyMade.setState({ models });
  }
}

const addressOf = (path: string) => new URL(path, document.baseURI).href;

async function textAt(path: string): Promise<string> {
  const response = await fetch(addressOf(path));
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}
