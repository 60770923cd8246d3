/** Gives a file to the browser's own download. */

/** Milliseconds that the browser has to begin reading it. */
const READING_MS = 60_000;

export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the blob after the click returns; a minute is ample for starting to.
  setTimeout(() => URL.revokeObjectURL(address), READING_MS);
}
