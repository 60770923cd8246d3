/** Archives for tests, packed in memory. */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { packTar } from 'modern-tar';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { memoryBlob } from '../corpus.fixture.ts';
import { streamOf } from './tar.ts';

/** A link's target; hard links are for tarballs alone. */
type Link = { readonly symlink: string } | { readonly hardLink: string };
type Content = string | Uint8Array<ArrayBuffer> | Link;
export type Contents = readonly (readonly [path: string, content: Content])[];

const isLink = (content: Content): content is Link => typeof content === 'object' && !(content instanceof Uint8Array);
const targetOf = (link: Link) => ('symlink' in link ? link.symlink : link.hardLink);
const bytesOf = (content: string | Uint8Array<ArrayBuffer>) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

export async function zipOf(contents: Contents): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const [path, content] of contents) {
    if (isLink(content)) {
      await writer.add(path, new Uint8ArrayReader(bytesOf(targetOf(content))), { unixMode: 0o120777 });
    } else await writer.add(path, new Uint8ArrayReader(bytesOf(content)));
  }
  return new Uint8Array(await writer.close());
}

export async function tarOf(contents: Contents): Promise<Uint8Array<ArrayBuffer>> {
  const entries = contents.map(([name, content]) => {
    if (isLink(content)) {
      const type = 'symlink' in content ? ('symlink' as const) : ('link' as const);
      return { header: { name, size: 0, type, linkname: targetOf(content) } };
    }
    const body = bytesOf(content);
    return { header: { name, size: body.length, type: 'file' as const }, body };
  });
  return new Uint8Array(await packTar(entries));
}

export async function tarballOf(contents: Contents): Promise<Uint8Array<ArrayBuffer>> {
  const packed = streamOf(memoryBlob(await tarOf(contents)), () => undefined);
  const bytes = await new Response(packed.pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  return new Uint8Array(bytes);
}

/** py150_files.tar.gz, as it is published: lists and a tarball of the files. */
export async function py150Of(train: readonly string[], test: readonly string[], files: Contents) {
  return tarballOf([
    ['data.tar.gz', await tarballOf(files)],
    ['python100k_train.txt', `${train.join('\n')}\n`],
    ['python50k_eval.txt', `${test.join('\n')}\n`],
  ]);
}

/** Parquet with the features of the Hugging Face set. */
export function parquetOf(
  code: readonly (readonly string[])[],
  feature = 'code',
  codec: 'SNAPPY' | 'UNCOMPRESSED' = 'SNAPPY',
): Uint8Array<ArrayBuffer> {
  const buffer = parquetWriteBuffer({
    codec,
    columnData: [
      { name: 'id', data: code.map((_, i) => i) },
      { name: 'path', data: code.map((_, i) => `data/${i}.py\n`) },
      { name: feature, data: code.map((tokens) => [...tokens]) },
    ],
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'id', type: 'INT32', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: feature, converted_type: 'LIST', num_children: 1, repetition_type: 'OPTIONAL' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
    rowGroupSize: 2,
  });
  return new Uint8Array(buffer);
}
