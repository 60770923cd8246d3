import { expect, it, vi } from 'vitest';
import { BinaryOp, commandsOf, type ExportedCommands } from './kernelCalls.ts';

it('passes named arguments in the order of the source, whatever the order of the names', () => {
  const binary = vi.fn<ExportedCommands['binary']>();
  const commands = commandsOf({ binary } as unknown as ExportedCommands);
  commands.binary({ periodB: 7, periodA: 6, count: 5, to: 4, b: 3, a: 2, op: BinaryOp.Multiply });
  expect(binary.mock.calls).toEqual([[2, 2, 3, 4, 5, 6, 7]]);
});
