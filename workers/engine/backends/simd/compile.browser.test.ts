import { afterEach, expect, it, vi } from 'vitest';
import { compileKernels } from './compile.ts';

const VARIANT = { relaxed: false, shared: false };

afterEach(() => vi.restoreAllMocks());

it.each(['application/wasm', 'application/octet-stream'])('compiles a program that is sent as %s', async (type) => {
  const stock = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (address) => {
    const sent = await stock(address);
    return new Response(sent.body, { headers: { 'Content-Type': type } });
  });
  const exported = WebAssembly.Module.exports(await compileKernels(VARIANT)).map(({ name }) => name);
  expect(exported).toContain('product');
});

it('says what to do where the program is gone', async () => {
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('', { status: 404 }));
  await expect(compileKernels(VARIANT)).rejects.toMatchObject({
    failure: { kind: 'device', what: 'The program of the device cpu could not be loaded.' },
  });
});
