/**
 * Losses, ranks and the gradients of the sum of all losses in float64, row by row, for targets without PAD: for sizes at which stock ops
 * take minutes on a software adapter.
 * @param states [n, hidden] @param weight [tokens, hidden] @param bias [tokens] @param targets [n]
 * @returns gradients of states, weight and bias
 */
export function definition(
  states: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  targets: ArrayLike<number>,
) {
  const [n, tokens] = [targets.length, bias.length];
  const hidden = weight.length / tokens;
  const [losses, ranks] = [new Float32Array(n), new Float32Array(n)];
  const gradients = [states.length, weight.length, bias.length].map((size) => new Float64Array(size));
  const [dStates, dWeight, dBias] = gradients as [Float64Array, Float64Array, Float64Array];
  const logits = new Float64Array(tokens);
  for (let row = 0; row < n; row++) {
    const target = targets[row]!;
    for (let id = 0; id < tokens; id++) {
      let sum = bias[id]!;
      for (let k = 0; k < hidden; k++) sum += states[row * hidden + k]! * weight[id * hidden + k]!;
      logits[id] = sum;
    }
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
    losses[row] = Math.log(sum) - logits[target]!;
    for (let id = 0; id < tokens; id++) {
      if (logits[id]! > logits[target]!) ranks[row]! += 1;
      const gradient = Math.exp(logits[id]!) / sum - (id === target ? 1 : 0);
      dBias[id]! += gradient;
      for (let k = 0; k < hidden; k++) {
        dStates[row * hidden + k]! += gradient * weight[id * hidden + k]!;
        dWeight[id * hidden + k]! += gradient * states[row * hidden + k]!;
      }
    }
  }
  return { losses, ranks, gradients };
}
