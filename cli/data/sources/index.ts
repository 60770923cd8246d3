/** Every data source of `npm run data`. */
import { CommandError } from '../../command.ts';
import { folder } from './folder.ts';
import { pythonStdlib } from './pythonStdlib.ts';
import type { DataSource, OpenSource } from './source.ts';
import { zip } from './zip.ts';

export const SOURCES: readonly DataSource[] = [pythonStdlib, folder, zip];

/**
 * Opens a source as a person writes it: a name, or a name, a colon and what it reads.
 * @throws CommandError where there is no such source
 */
export async function openSource(text: string): Promise<OpenSource> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const argument = colon < 0 ? '' : text.slice(colon + 1);
  const source = SOURCES.find((candidate) => candidate.name === name);
  if (!source) {
    const known = SOURCES.map(({ usage }) => usage).join(', ');
    throw new CommandError(2, `There is no data source ${text}.`, `It is one of ${known}.`);
  }
  return source.open(argument);
}
