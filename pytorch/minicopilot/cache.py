"""A continuous cache over the file being read (Grave, Joulin and Usunier 2017), as defined in src/core/cache/mixture.ts.

At position t the cache contains, for every earlier target, its text and the state before it. The cache's probability of a text is the
sum of softmax(theta h_t . h_i) over the positions i at which the text occurred. The prediction is (1 - lambda) times the model's plus
lambda times the cache's. The model's probability of `<UNK>` is first distributed over the texts outside the vocabulary that have
occurred; the rest of it is the probability of "something new".
"""
from typing import Dict, List, Optional, Sequence, Tuple

import torch
from torch import Tensor

from .data import UNK

# The lab's grid (src/core/cache/search.ts).
THETAS = (1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)
LAMBDAS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
SEARCHED_ROWS = 16

# The rank of a text outside the vocabulary that occurs for the first time, so that it cannot be suggested.
MISSED = 2**31 - 1
# Number of logits computed at once: 64 MiB as float32.
_SLICE = 2**24


class Texts:
    """The targets of a row by text. `slots` [n] has the slot of each target's text. `ids` [texts] has the vocabulary id of each slot, or
    `UNK` for a text outside the vocabulary. Slot 0 is for outside tokens whose text is unknown."""

    def __init__(self, texts: Sequence[int], limit: int) -> None:
        """`texts` are numbers: below `limit` they are ids of the vocabulary, `UNK` is an unknown text, others are texts outside it."""
        known: Dict[int, int] = {}
        ids, slots = [UNK], []
        for text in texts:
            if text == UNK:
                slots.append(0)
                continue
            if text not in known:
                known[text] = len(ids)
                ids.append(text if text < limit else UNK)
            slots.append(known[text])
        self.slots = torch.tensor(slots, dtype=torch.int64)
        self.ids = torch.tensor(ids, dtype=torch.int64)


@torch.no_grad()
def row_scores(
    states: Tensor, weight: Tensor, bias: Tensor, texts: Texts, parameters: Sequence[Tuple[float, float]]
) -> List[Tuple[Tensor, Tensor]]:
    """Losses (-log q, nats) and ranks (number of texts with a greater q, counting something new) of the targets of one row, [n] each,
    for each (theta, lambda). states [n, width] are those before the targets; weight [tokens, width], bias [tokens]."""
    device = states.device
    slots, ids = texts.slots.to(device), texts.ids.to(device)
    n, count = len(slots), len(ids)
    results = [(torch.empty(n, dtype=torch.float64, device=device), torch.empty(n, dtype=torch.int64, device=device)) for _ in parameters]
    if n == 0:
        return results
    likeness = states @ states.t()
    earlier = torch.ones(n, n, dtype=torch.bool, device=device).tril(-1)
    hot = torch.zeros(n, count, dtype=torch.float64, device=device).scatter_(1, slots[:, None], 1.0)
    is_outside = ids == UNK
    is_outside[0] = False
    # before each position: which texts have occurred, and the numbers of outside tokens with a text and of distinct ones
    seen = (hot.cumsum(0) - hot) > 0
    own_outside = is_outside[slots].double()
    outside = own_outside.cumsum(0) - own_outside
    distinct = (seen & is_outside).sum(1).double()
    handed_out = torch.where(outside > 0, outside / (outside + distinct).clamp(min=1), torch.zeros_like(outside))
    masses = {}
    for theta in {theta for theta, _ in parameters}:
        exponents = (theta * likeness.double()).masked_fill(~earlier, -torch.inf)
        exponents[0] = 0
        weights = exponents.softmax(1)
        weights[0] = 0
        masses[theta] = weights @ hot
    positions = max(1, _SLICE // len(weight))
    for start in range(0, n, positions):
        part = slice(start, min(n, start + positions))
        model = torch.addmm(bias, states[part], weight.t()).double().softmax(1)
        for (theta, share), (losses, ranks) in zip(parameters, results):
            q, own = _mixed(model, masses[theta][part], share, part, slots, ids, is_outside, seen, handed_out)
            losses[part] = -own.log()
            unseen = is_outside[slots[part]] & ~seen[part].gather(1, slots[part, None])[:, 0] | (slots[part] == 0)
            ranks[part] = (q > own[:, None]).sum(1).masked_fill(unseen, MISSED)
    return results


def _mixed(model: Tensor, mass: Tensor, share: float, part: slice, slots: Tensor, ids: Tensor, is_outside: Tensor,
           seen: Tensor, handed_out: Tensor) -> Tuple[Tensor, Tensor]:
    """q at the positions of a slice, [n, tokens + outside texts], where `UNK` is something new; and q of the targets, [n]."""
    cache = torch.full((len(model), 1), share, dtype=model.dtype, device=model.device)
    if part.start == 0:
        cache[0] = 0
    outside_mass = mass[:, is_outside].sum(1, keepdim=True)
    handed = handed_out[part, None] * (outside_mass > 0)
    unknown = (1 - cache) * model[:, UNK, None]
    q = (1 - cache) * model
    in_vocabulary = (ids != UNK).nonzero()[:, 0]
    q.index_add_(1, ids[in_vocabulary], cache * mass[:, in_vocabulary])
    q[:, UNK] = (unknown * (1 - handed) + cache * mass[:, :1])[:, 0]
    of_outside = (unknown * handed / outside_mass.clamp(min=1e-300) + cache) * mass[:, is_outside]
    of_outside = of_outside.masked_fill(~seen[part][:, is_outside], 0)
    own = q.gather(1, ids[slots[part], None])[:, 0]
    place = torch.zeros(len(ids), dtype=torch.int64, device=ids.device)
    place[is_outside] = torch.arange(int(is_outside.sum()), device=ids.device)
    occurred = is_outside[slots[part]] & seen[part].gather(1, slots[part, None])[:, 0]
    if bool(occurred.any()):
        own = torch.where(occurred, of_outside.gather(1, place[slots[part], None])[:, 0], own)
    return torch.cat([q, of_outside], 1), own


def search(rows: Sequence[Tuple[Tensor, Texts]], weight: Tensor, bias: Tensor) -> Optional[Dict[str, object]]:
    """Searches theta and lambda with the lowest loss over some rows of states and texts. The result, which lists every pair, has the
    format of a run's record. None without targets, or if no pair has a finite loss."""
    grid = [(theta, share) for theta in THETAS for share in LAMBDAS]
    sums = torch.zeros(len(grid), 2, dtype=torch.float64)
    targets = 0
    for states, texts in rows:
        targets += len(texts.slots)
        for index, (losses, ranks) in enumerate(row_scores(states, weight, bias, texts, grid)):
            sums[index] += torch.stack([losses.sum(), (ranks < 5).sum().double()]).cpu()
    if targets == 0:
        return None
    means = (sums / targets).tolist()
    points = [{"theta": t, "lambda": s, "loss": loss, "top5": top5} for (t, s), (loss, top5) in zip(grid, means)]
    finite = [point for point in points if abs(point["loss"]) < float("inf")]
    if not finite:
        return None
    best = min(finite, key=lambda point: point["loss"])
    return {"parameters": {"theta": best["theta"], "lambda": best["lambda"]}, "rows": len(rows), "targets": targets, "points": points}
