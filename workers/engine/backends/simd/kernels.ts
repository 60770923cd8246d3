/** What the WebAssembly program offers (assembly/index.ts), and how a thread instantiates it. */
import { commandsOf, type Commands, type ExportedCommands, type QueueCalls } from './kernelCalls.ts';

export type Kernels = Commands & QueueCalls;

/** A thread's own instance, over the memory of all. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const program = exports as unknown as ExportedCommands & QueueCalls;
  return { ...program, ...commandsOf(program) };
}
