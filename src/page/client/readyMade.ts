/** The models that come with the site, read when a page first needs them. */
import { create } from 'zustand';
import { fail, failureOf, messageOf, type Failure } from '#core/failure.ts';
import { parseReadyMadeIndex, readyMadeOf, type ReadyMade } from '#core/formats/readyMade.ts';

interface ReadyMadeState {
  /** Null until the list is read; empty where the site has none. */
  readonly models: readonly ReadyMade[] | null;
  /** Why some or all are missing, though the site has them. */
  readonly failure: Failure | null;
}

export const useReadyMade = create<ReadyMadeState>()(() => ({ models: null, failure: null }));

export const dismissReadyMadeFailure = () => useReadyMade.setState({ failure: null });

let reading = false;

/** Reads them once; what could not be read is reported, and read again the next time. */
export async function readReadyMade(): Promise<void> {
  const { models: read, failure: failed } = useReadyMade.getState();
  if (reading || (read !== null && read.length > 0 && failed === null)) return;
  reading = true;
  const models: ReadyMade[] = [];
  let failure: Failure | null = null;
  try {
    const list = await textAt('models/index.json');
    for (const entry of list === null ? [] : parseReadyMadeIndex(list).models) {
      try {
        const made = readyMadeOf(entry, (await textAt(`models/${entry.folder}/metrics.json`)) ?? '');
        if (made) models.push({ ...made, address: addressOf(made.address) });
      } catch (error) {
        failure ??= failureOf(error);
      }
    }
  } catch (error) {
    failure = failureOf(error);
  } finally {
    reading = false;
    useReadyMade.setState({ models, failure });
  }
}

const addressOf = (path: string) => new URL(path, document.baseURI).href;

/** @returns null where the site has no such file */
async function textAt(path: string): Promise<string | null> {
  let answer: string;
  try {
    const response = await fetch(addressOf(path));
    if (response.status === 404) return null;
    if (response.ok) return await response.text();
    answer = `the server answered ${response.status}`;
  } catch (error) {
    answer = messageOf(error);
  }
  fail(
    'network',
    `A file of the included models, ${path}, could not be downloaded: ${answer}.`,
    'Check the connection and try again. Models that you trained or imported work without it.',
  );
}
