"""The measures of a split, summed in float64 over all its targets that are not PAD: never a mean of batch means."""
import math
from typing import Dict, Iterable, Optional

import torch
import torch.distributed as dist
from torch import Tensor

from .data import UNK

_SUMS = ("loss", "known_loss", "counted", "unknown", "top1", "top5", "top5_known", "codexglue_counted", "codexglue_hits")


class MeasureSum:
    """Adds up losses and ranks. A hit at k: fewer than k logits are strictly greater than the target's."""

    def __init__(self, silent: Iterable[int], device: Optional[torch.device] = None) -> None:
        """`silent` are the ids that CodeXGLUE does not count: those of `<s>`, `</s>` and `<EOL>`."""
        self._silent = torch.tensor(sorted(silent), dtype=torch.int64, device=device)
        self._sums = torch.zeros(len(_SUMS), dtype=torch.float64, device=device)

    @torch.no_grad()
    def add(self, targets: Tensor, losses: Tensor, ranks: Tensor) -> None:
        """Of targets that are not PAD, [n] each: ids, negative log-likelihood in nats, and number of logits strictly greater."""
        exact = losses.double()
        known = targets != UNK
        heard = ~torch.isin(targets, self._silent)
        parts = (
            exact.sum(),
            exact[known].sum(),
            torch.tensor(len(targets)),
            (~known).sum(),
            (ranks < 1).sum(),
            (ranks < 5).sum(),
            ((ranks < 5) & known).sum(),
            heard.sum(),
            ((ranks < 1) & known & heard).sum(),
        )
        self._sums += torch.stack([part.to(self._sums) for part in parts])

    def reduce(self) -> "MeasureSum":
        """Adds up what all processes have."""
        if dist.is_available() and dist.is_initialized():
            dist.all_reduce(self._sums)
        return self

    def measures(self) -> Dict[str, float]:
        """As `metrics.json` names them; rates are fractions. NaN where nothing was counted."""
        value = dict(zip(_SUMS, self._sums.tolist()))
        counted = value["counted"]
        loss = _ratio(value["loss"], counted)
        return {
            "loss": loss,
            "perplexity": _exp(loss),
            "perplexityKnown": _exp(_ratio(value["known_loss"], counted - value["unknown"])),
            "top1": _ratio(value["top1"], counted),
            "top5": _ratio(value["top5"], counted),
            "top5Known": _ratio(value["top5_known"], counted),
            "codexglue": _ratio(value["codexglue_hits"], value["codexglue_counted"]),
            "counted": int(counted),
            "unknown": int(value["unknown"]),
        }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _exp(value: float) -> float:
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf
