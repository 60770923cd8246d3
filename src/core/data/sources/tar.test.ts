import { packTar } from 'modern-tar';
import { expect, it } from 'vitest';
import { memoryBlob } from '../corpus.fixture.ts';
import { tarballOf } from './archives.fixture.ts';
import { entriesOf, streamOf } from './tar.ts';

const open = (bytes: Uint8Array) =>
  entriesOf(
    streamOf(memoryBlob(bytes), () => undefined),
    'a.tar.gz',
  );

async function gzipped(tar: Uint8Array): Promise<Uint8Array> {
  const packed = streamOf(memoryBlob(tar), () => undefined).pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

it('each entry can be read or skipped, whatever was done with those before it', async () => {
  const names = Array.from({ length: 6 }, (_, i) => `${i}.py`);
  const tarball = await tarballOf(names.map((name, i) => [name, `x${i} = 1\n`.repeat(300 * i)]));
  for (let skipped = 0; skipped < 2 ** names.length; skipped++) {
    const read: string[] = [];
    for await (const entry of open(tarball)) {
      const index = names.indexOf(entry.name);
      if ((skipped >> index) % 2 === 1) await entry.skip();
      else read.push(`${entry.name} ${(await entry.bytes())?.length}`);
    }
    expect(read).toEqual(
      names.flatMap((name, i) => ((skipped >> i) % 2 === 1 ? [] : [`${name} ${`x${i} = 1\n`.length * 300 * i}`])),
    );
  }
});

it('a body that is cut off is refused, also behind one that was skipped', async () => {
  const tar = await packTar(
    ['a', 'b', 'c'].map((name) => ({ header: { name, size: 3, type: 'file' as const }, body: 'abc' })),
  );
  // the last header and its body, without the end
  const cut = await gzipped(tar.slice(0, 2 * 1024 + 512 + 2));
  for (const skipped of [0, 1, 2, 3]) {
    const reading = (async () => {
      let index = 0;
      for await (const entry of open(cut)) await (index++ < skipped ? entry.skip() : entry.bytes());
    })();
    await expect(reading).rejects.toThrow(/a\.tar\.gz cannot be read as a \.tar\.gz: .*truncated/);
  }
});
