/** Several archives as one source, each a folder of its own, with or without files beside them. */
import { idFrom } from '../id.ts';
import { NoteTally } from '../notes.ts';
import { type DataSource, LICENCE_OF_FILES, type SourceItem } from './source.ts';

/** Maximum number of titles named in the combined title. */
const MAX_NAMED = 3;

/** @param sources of Python files, none of which publishes parts */
export function togetherSource(sources: readonly DataSource[]): DataSource {
  const titles = sources.map(({ facts }) => facts.title);
  const tops = distinct(titles);
  const title = listed(titles);
  const notes = new NoteTally();
  for (const [i, source] of sources.entries()) {
    for (const { what, count, example } of source.notes ?? []) notes.add(what, `${tops[i]}/${example}`, count);
  }
  return {
    facts: {
      kind: 'archives',
      title,
      description: `The Python files of ${listed(titles)}.`,
      licence: LICENCE_OF_FILES,
    },
    defaultId: idFrom(title),
    reading: 'text',
    notes: notes.list(),
    bytes: sources.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0),
    order: 'path',
    keepsFailed: false,
    async *read(reading) {
      for (const [i, source] of sources.entries()) {
        for await (const item of source.read(reading)) {
          yield { ...item, path: `${tops[i]}/${item.path}` } satisfies SourceItem;
        }
      }
    },
  };
}

/** Names of folders: a title that comes again gets a number. */
function distinct(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    let name = title;
    for (let number = 2; taken.has(name); number++) name = `${title} (${number})`;
    taken.add(name);
    return name;
  });
}

function listed(names: readonly string[]): string {
  const shown =
    names.length > MAX_NAMED ? [...names.slice(0, MAX_NAMED - 1), `${names.length - MAX_NAMED + 1} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
