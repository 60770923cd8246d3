/** The Python files of a tarball, packed with gzip or not. */
import { fail } from '../../failure.ts';
import { idFrom } from '../id.ts';
import { siftMembers } from './sift.ts';
import { type DataSource, fileNameOf, LICENCE_OF_FILES, type NamedBlob, TOO_LARGE } from './source.ts';
import { entriesOfFile } from './tar.ts';
import { readBodies, readHeaders } from './tarMembers.ts';
import { TRAIN_LIST } from './py150.ts';

export function tarSource({ path, blob }: NamedBlob): DataSource {
  const name = fileNameOf(path);
  const title = name.replace(/\.(tar|tar\.gz|tgz)$/i, '');
  return {
    facts: { kind: 'tar', title, description: `The Python files of ${name}.`, licence: LICENCE_OF_FILES },
    defaultId: idFrom(title),
    reading: 'text',
    bytes: 2 * blob.size, // once for the headers, and once for the files
    order: 'path',
    keepsFailed: false,
    async *read({ signal, onBytes }) {
      const members = await readHeaders(await entriesOfFile(blob, name, onBytes), name, signal);
      if (members.some((member) => fileNameOf(member.path) === TRAIN_LIST)) {
        fail(
          'bad-input',
          `${name} is py150’s tarball under another name: it contains ${TRAIN_LIST}.`,
          'Rename it to py150_files.tar.gz and choose it again.',
        );
      }
      const { python, notes } = siftMembers(members);
      for (const { what, count, example } of notes) yield { kind: 'note', path: example, what, count };
      for await (const { path: file, bytes } of readBodies(await entriesOfFile(blob, name, onBytes), python, signal)) {
        if (bytes === null) yield { kind: 'unreadable', path: file, reason: TOO_LARGE };
        else yield { kind: 'python', path: file, bytes };
      }
    },
  };
}
