/** Files of this session that the cache may know beside the text: those that were opened, and those added for it. */
import { create } from 'zustand';
import { completer, nextTicket } from '../../client/completer.ts';
import { askAgain, showFailure, useCompletion } from './completion.ts';

export interface OtherFile {
  readonly name: string;
  readonly text: string;
}

interface OtherFilesState {
  readonly files: readonly OtherFile[];
  /** Whether the cache knows them. */
  readonly on: boolean;
  /** Tokens in the cache, by file; null while they are being read, or are not wanted. */
  readonly tokens: readonly number[] | null;
}

export const useOtherFiles = create<OtherFilesState>()(() => ({ files: [], on: false, tokens: null }));

/** A file replaces an earlier one of the same name. */
export function addFile(file: OtherFile): void {
  useOtherFiles.setState(({ files }) => ({ files: [...files.filter(({ name }) => name !== file.name), file] }));
}

export function removeFile(name: string): void {
  useOtherFiles.setState(({ files }) => ({ files: files.filter((file) => file.name !== name) }));
}

/** Those that the cache knows: the file in the editor is the text itself. */
export function filesBeside(files: readonly OtherFile[], origin: string | null): readonly OtherFile[] {
  return files.filter(({ name }) => name !== origin);
}

async function readAgain(): Promise<void> {
  const { model, origin } = useCompletion.getState();
  if (!model) return;
  const { files, on } = useOtherFiles.getState();
  const beside = on ? filesBeside(files, origin) : [];
  useOtherFiles.setState({ tokens: null });
  try {
    const read = await completer.readOthers({
      ticket: nextTicket(),
      runId: model.runId,
      texts: beside.map(({ text }) => text),
    });
    // null where a newer question has come
    if (read === null || useCompletion.getState().model !== model) return;
    useOtherFiles.setState({ tokens: on ? read.tokens : null });
    void askAgain();
  } catch (error) {
    if (useCompletion.getState().model === model) showFailure(error);
  }
}

/** Nothing is to be read before somebody has wanted other files. */
let wanted = false;

useOtherFiles.subscribe((now, before) => {
  if (now.on) wanted = true;
  if (wanted && (now.on !== before.on || (now.on && now.files !== before.files))) void readAgain();
});
useCompletion.subscribe((now, before) => {
  if (wanted && (now.model !== before.model || now.origin !== before.origin)) void readAgain();
});
