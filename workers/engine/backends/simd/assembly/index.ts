/**
 * What the program offers. Functions named for a computation put a command into the queue; the others are the queue's own. Places are byte addresses in the memory, sizes are in values unless they say otherwise.
 */
export { advance, cancel, direct, done, doneAddress, fence, given, pause, progress, resume, work, written } from './queue';
export { heapStart } from './memory';
export { pack, packedBytes, product } from './products';
export { recurrentBackward, recurrentForward } from './recurrent';
export { lookUp, sumByToken } from './embedding';
export { dropout } from './dropout';
export { cacheMasses, textLogits } from './cache';
export { columnSums, meanLoss, scores } from './loss';
export { adam, norm, partialsOf, squares } from './adam';
export { sgd } from './sgd';
export { binary, copy, fill, sumAll, swapAxes, unary } from './elementwise';
