"""The output layer with its loss, computed in slices of positions, so that the logits of a whole batch are never in memory.

With 10,002 tokens, the logits of a row of 1,000 take 40 MB, and a plain `cross_entropy` keeps several copies of those of all rows.
"""
from typing import Any, Tuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from .data import PAD
from .models import Completer

# Number of logits computed at once: 64 MiB, as in the lab.
_SLICE = 2**24


class Scored(nn.Module):
    """A model with its loss. One forward pass gives all that training and measures need, as DistributedDataParallel requires."""

    def __init__(self, model: Completer) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: Tensor, targets: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        """[rows, steps] ids and targets to the sum of all losses, which has a gradient; and for the n targets that are not PAD their
        ids, losses (negative log-likelihood, nats) and ranks (number of strictly greater logits), [n] each."""
        keep = targets != PAD
        known, output = targets[keep], self.model.output
        states = self.model.before_output(inputs)[keep]
        total, losses, ranks = linear_cross_entropy(states, output.weight, output.bias, known)
        return total, known, losses, ranks


def linear_cross_entropy(states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    """The sum of `cross_entropy(linear(states, weight, bias), targets)`, and the loss and rank of each target.

    states [n, hidden], weight [tokens, hidden], bias [tokens], targets [n]. Only the sum has a gradient.
    """
    return _LinearCrossEntropy.apply(states, weight, bias, targets, torch.is_grad_enabled())


class _LinearCrossEntropy(torch.autograd.Function):
    """d loss / d logits = softmax - onehot. Gradients are computed in the forward pass, while a slice's logits are in memory."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor,
                wanted: bool) -> Tuple[Tensor, Tensor, Tensor]:
        losses, ranks = states.new_empty(len(targets)), torch.empty_like(targets)
        gradients = (torch.empty_like(states), torch.zeros_like(weight), torch.zeros_like(bias)) if wanted else ()
        positions = max(1, _SLICE // len(weight))
        for start in range(0, len(targets), positions):
            part = slice(start, start + positions)
            target = targets[part, None]
            logits = torch.addmm(bias, states[part], weight.t())
            ranks[part] = (logits > logits.gather(1, target)).sum(1)
            logs = logits.log_softmax(1)
            losses[part] = -logs.gather(1, target)[:, 0]
            if wanted:
                of_states, of_weight, of_bias = gradients
                slope = logs.exp_().scatter_add_(1, target, torch.full_like(target, -1, dtype=logs.dtype))
                of_states[part] = slope @ weight
                of_weight.addmm_(slope.t(), states[part])
                of_bias += slope.sum(0)
        ctx.save_for_backward(*gradients)
        ctx.mark_non_differentiable(losses, ranks)
        return losses.sum(), losses, ranks

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor, *_: Any) -> Tuple[Any, ...]:
        return (*(grad * gradient for gradient in ctx.saved_tensors), None, None)
