/** Loads and compiles the WebAssembly program of this device. */
import { fail } from '#core/failure.ts';
// oxlint-disable import/default -- the build compiles the file to an address (programs.d.ts)
import plain from './assembly/index.ts?kernels=plain';
import plainShared from './assembly/index.ts?kernels=plain-shared';
import relaxed from './assembly/index.ts?kernels=relaxed';
import relaxedShared from './assembly/index.ts?kernels=relaxed-shared';

export interface Variant {
  /** Multiplication and addition in one, where the machine has it. */
  readonly relaxed: boolean;
  /** Memory that threads share. */
  readonly shared: boolean;
}

/** @throws LabError `device` where the program does not arrive */
export async function compileKernels(variant: Variant): Promise<WebAssembly.Module> {
  const response = await load(addressOf(variant));
  // `compileStreaming` refuses any other type, which a static host may give a file that it does not know
  return response.headers.get('Content-Type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

function addressOf(variant: Variant): string {
  if (variant.relaxed) return variant.shared ? relaxedShared : relaxed;
  return variant.shared ? plainShared : plain;
}

/** A page that stayed open asks for files by names that a newer build of the site does not have. */
async function load(address: string): Promise<Response> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return response;
  } catch (cause) {
    fail(
      'device',
      'The program of the device cpu could not be loaded.',
      'Reload the page: the site may have been updated meanwhile. If that does not help, check the connection to it.',
      cause,
    );
  }
}
