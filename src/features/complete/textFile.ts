/** A file of one's own as text for the editor. */
import { fail } from '../../core/failure.ts';
import { formatBytes } from '../../core/format.ts';

/** Beyond this an editor is no place for it. */
export const MOST_BYTES = 200_000;

/** @throws LabError `bad-input` for what is too large or no text */
export async function readTextFile(file: File): Promise<string> {
  if (file.size > MOST_BYTES) {
    fail(
      'bad-input',
      `${file.name} has ${formatBytes(file.size)}; the editor takes ${formatBytes(MOST_BYTES)}.`,
      'Choose a smaller file, or paste the part that matters. The text in the editor is as it was.',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    if (!text.includes('\0')) return text;
  } catch {
    // said below, for both kinds of what is no text
  }
  return fail(
    'bad-input',
    `${file.name} is no text in UTF-8.`,
    'Choose a file of Python code. The text in the editor is as it was.',
  );
}
