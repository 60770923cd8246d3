/** Reads a file of the user as text for the editor. */
import { fail } from '#core/failure.ts';
import { formatBytes } from '#core/format.ts';
import { loadCodecOf, sourceAsUtf8 } from '#core/python/lexer/encoding.ts';
import { MAX_TEXT } from './editor/textLimit.ts';

/** What a file dialog offers: the `accept` of its input. */
export const TEXT_FILES = '.py,.txt,.pyi,text/x-python,text/plain';

/**
 * Reads a file as data sets read theirs: in the encoding that it declares. A text has no more characters than its file has bytes.
 * @throws LabError `bad-input` for what is too large or no text, `network` where tables of its encoding do not arrive
 */
export async function readTextFile(file: File): Promise<string> {
  if (file.size > MAX_TEXT) {
    fail(
      'bad-input',
      `${file.name} has ${formatBytes(file.size)}. The editor accepts at most ${formatBytes(MAX_TEXT)}.`,
      'Choose a smaller file, or paste only the part you need. The text in the editor has not changed.',
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  await loadCodecOf(bytes, 'text');
  const read = sourceAsUtf8(bytes, 'text');
  const remedy = 'Choose a file of Python code. The text in the editor has not changed.';
  if ('reason' in read)
    fail('bad-input', `${file.name} is not Python code: line ${read.line}: ${read.reason}.`, remedy);
  if (read.utf8.includes(0)) fail('bad-input', `${file.name} is not a text file: it contains zero bytes.`, remedy);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.utf8);
}
