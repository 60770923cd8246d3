import type { Ops } from '../contract.ts';
import { runLabKernel } from '../kernels.ts';

export const textLogits: Ops['textLogits'] = (states, weight, bias, targets, counted, ids) => {
  const operands = { states, weight, bias, targets, ids };
  const [loss, losses, ranks, texts, largest] = runLabKernel('LabTextLogits', operands, { counted });
  return { loss, losses, ranks, logits: { texts, largest } };
};
