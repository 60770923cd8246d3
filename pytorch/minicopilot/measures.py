"""The measures of a split, from sums in float64 over all targets that are not PAD. They are never means of batch means."""
import math
from typing import Dict, Iterable, Optional, Tuple

import torch
import torch.distributed as dist
from torch import Tensor

from .data import UNK

_SUMS = ("loss", "known_loss", "counted", "unknown", "top1", "top5", "top5_known", "codexglue_counted", "codexglue_hits")
_NAME_SUMS = ("names", "top1_names", "top5_names")
_CACHE_SUMS = ("cache_loss", "cache_top1", "cache_top5", "cache_codexglue_hits", "cache_top1_names", "cache_top5_names")


class MeasureSum:
    """Adds up losses and ranks. A hit at k: fewer than k logits are strictly greater than the target's."""

    def __init__(self, silent: Iterable[int], device: Optional[torch.device] = None) -> None:
        """`silent`: ids that CodeXGLUE does not count, which are those of `<s>`, `</s>` and `<EOL>`."""
        self._silent = torch.tensor(sorted(silent), dtype=torch.int64, device=device)
        self._sums = torch.zeros(len(_SUMS + _NAME_SUMS + _CACHE_SUMS), dtype=torch.float64, device=device)

    @torch.no_grad()
    def add(self, targets: Tensor, losses: Tensor, ranks: Tensor, named: Optional[Tensor] = None,
            cached: Optional[Tuple[Tensor, Tensor]] = None) -> None:
        """Adds targets that are not PAD, [n] each: ids, losses (negative log-likelihood, nats) and ranks (number of strictly greater
        logits). `named`, if known, says which are identifiers; `cached` has the losses and ranks with a cache."""
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
        missing = torch.tensor(math.nan)
        of_names = (missing,) * len(_NAME_SUMS)
        if named is not None:
            of_names = (named.sum(), ((ranks < 1) & known & named).sum(), ((ranks < 5) & known & named).sum())
        of_cache = (missing,) * len(_CACHE_SUMS)
        if cached is not None and named is not None:
            own, rank = cached
            of_cache = (
                own.double().sum(),
                (rank < 1).sum(),
                (rank < 5).sum(),
                ((rank < 1) & heard).sum(),
                ((rank < 1) & named).sum(),
                ((rank < 5) & named).sum(),
            )
        self._sums += torch.stack([part.to(self._sums) for part in (*parts, *of_names, *of_cache)])

    def reduce(self) -> "MeasureSum":
        """Adds up the sums of all processes."""
        if dist.is_available() and dist.is_initialized():
            dist.all_reduce(self._sums)
        return self

    def measures(self) -> Dict[str, float]:
        """The measures under the names of `metrics.json`; rates are fractions. NaN if nothing was counted."""
        value = dict(zip(_SUMS + _NAME_SUMS + _CACHE_SUMS, self._sums.tolist()))
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
            "top1Names": _ratio(value["top1_names"], value["names"]),
            "top5Names": _ratio(value["top5_names"], value["names"]),
            "cachePerplexity": _exp(_ratio(value["cache_loss"], counted)),
            "cacheTop1": _ratio(value["cache_top1"], counted),
            "cacheTop5Known": _ratio(value["cache_top5"], counted),
            "cacheCodexglue": _ratio(value["cache_codexglue_hits"], value["codexglue_counted"]),
            "cacheTop1Names": _ratio(value["cache_top1_names"], value["names"]),
            "cacheTop5Names": _ratio(value["cache_top5_names"], value["names"]),
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
