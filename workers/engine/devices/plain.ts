/**
 * The device `reference`: TensorFlow.js's own backends for the processor, WebAssembly with SIMD, or plain JavaScript where there is
 * none, with the reference ops.
 */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { hasWasmSimd } from '#core/site/features.ts';
import { fail } from '#core/failure.ts';
import type { DeviceOption } from '#core/devices.ts';
import { registerWasmSlice } from './wasmSlice.ts';

const WASM_NAME = 'WebAssembly SIMD (TensorFlow.js)';
const SCRIPT_NAME = 'Plain JavaScript (TensorFlow.js)';

export function describePlain(): DeviceOption {
  const simd = hasWasmSimd();
  return {
    kind: 'reference',
    name: simd ? WASM_NAME : SCRIPT_NAME,
    available: true,
    note: simd
      ? 'Plain implementations of all operations. The other devices are checked against it.'
      : 'Plain JavaScript: correct, but a hundred times slower. Use it with the preset tiny.',
  };
}

export async function openPlain(): Promise<{ name: string }> {
  if (!hasWasmSimd()) {
    // it registers itself; other browsers never load it
    await import('@tensorflow/tfjs-backend-cpu');
    await setBackend('cpu');
    return { name: SCRIPT_NAME };
  }
  // One thread: the backend's threads serve few of its kernels, and need a page that is cross-origin isolated.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!tf.engine().registryFactory['wasm']) fail('internal', 'The wasm backend is not registered.', 'Reload the page.');
  if (tf.findBackend('wasm') === null || tf.getBackend() !== 'wasm') {
    setPathsOnce();
    await setBackend('wasm');
  }
  return { name: WASM_NAME };
}

let pathsSet = false;

/** TensorFlow.js refuses new paths once its backend is made. */
function setPathsOnce(): void {
  if (pathsSet) return;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainWasm,
    'tfjs-backend-wasm-simd.wasm': simdWasm,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedWasm,
  });
  registerWasmSlice();
  pathsSet = true;
}

async function setBackend(name: 'wasm' | 'cpu'): Promise<void> {
  if (!(await tf.setBackend(name))) {
    fail('device', `TensorFlow.js could not start its backend ${name}.`, 'Reload the page, or try another browser.');
  }
}
