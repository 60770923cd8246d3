/** How the weights of recurrent layers start. */
/** Which weights start as orthogonal blocks: none, those of the recurrence, or also those between recurrent layers. The others start as PyTorch's. */
export const INITIALIZATIONS = ['uniform', 'orthogonal', 'orthogonal-layers'] as const;
export type Initialization = (typeof INITIALIZATIONS)[number];

/**
 * Whether a weight begins as orthogonal blocks. The input weights of layer 1 have no square blocks.
 * @param name PyTorch's
 */
export function isOrthogonal(name: string, initialization: Initialization): boolean {
  if (initialization === 'uniform') return false;
  if (name.startsWith('rnn.weight_hh_')) return true;
  return initialization === 'orthogonal-layers' && /^rnn\.weight_ih_l[1-9]/.test(name);
}
