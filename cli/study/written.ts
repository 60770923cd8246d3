/** Parts of a Markdown file that a program writes, between text written by hand. */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { fail } from '#core/failure.ts';
import { ROOT } from '../lib/paths.ts';

/** The files with generated parts. */
export const WRITTEN = [join(ROOT, 'docs', 'REPORT.md'), join(ROOT, 'README.md')];

/**
 * Replaces the text between `<!-- results: NAME -->` and `<!-- end -->`.
 * @param sections texts by name
 * @throws LabError `not-found` for a part that has no section, `bad-input` for one without an end
 */
export function replaceSections(text: string, sections: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /(<!-- results: ([^>]*?) -->\n)([\s\S]*?)(<!-- end -->|$(?![\s\S]))/g,
    (_, start: string, name: string, _before: string, end: string) => {
      const section = sections.get(name);
      if (end === '') fail('bad-input', `The part "${name}" has no <!-- end -->.`, 'Write it after the part.');
      if (section === undefined) {
        fail('not-found', `No part is called "${name}".`, `There are ${[...sections.keys()].join('; ')}.`);
      }
      return `${start}\n${section}\n\n${end}`;
    },
  );
}

/** The text with its parts rewritten, formatted with Prettier. */
export async function rewritten(path: string, text: string, sections: ReadonlyMap<string, string>): Promise<string> {
  return formatted(path, replaceSections(text, sections));
}

/** A file's text, formatted with Prettier as the project configures it. */
export async function formatted(path: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
