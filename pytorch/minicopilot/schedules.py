"""Learning-rate schedules under the lab's names, in PyTorch's formulas (src/core/optimization/schedules.ts says which)."""
import math
from typing import Callable, Dict, Optional

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau

from .config import Config

# OneCycleLR's defaults
DIV_FACTOR = 25.0
FINAL_DIV_FACTOR = 1e4


class Schedule:
    """Sets the optimizer's learning rate. Call `after_step` after each step, and `after_epoch` with the validation loss."""

    def __init__(self, config: Config, optimiser: Optimizer, steps_an_epoch: int) -> None:
        self._by_step: Optional[LambdaLR] = None
        self._by_epoch: Optional[ReduceLROnPlateau] = None
        total = max(1, steps_an_epoch * config.epochs)
        if config.schedule == "plateau":
            self._by_epoch = ReduceLROnPlateau(optimiser, factor=0.5, patience=0)
        elif config.schedule != "constant":
            factor = FACTORS[config.schedule]
            # a check may run more steps than the training has
            self._by_step = LambdaLR(optimiser, lambda step: factor(min(step, total - 1), total, config.warmup))

    def after_step(self) -> None:
        if self._by_step is not None:
            self._by_step.step()

    def after_epoch(self, validation_loss: float) -> None:
        if self._by_epoch is not None:
            self._by_epoch.step(validation_loss)


def _linear(step: int, total: int, warmup: float) -> float:
    """LinearLR up, then LinearLR down to 0."""
    up = _warmup_steps(total, warmup)
    return (step + 1) / (up + 1) if step < up else 1 - (step - up) / (total - up)


def _cosine(step: int, total: int, warmup: float) -> float:
    """LinearLR up, then CosineAnnealingLR."""
    up = _warmup_steps(total, warmup)
    return (step + 1) / (up + 1) if step < up else (1 + math.cos(math.pi * (step - up) / (total - up))) / 2


def _one_cycle(step: int, total: int, warmup: float) -> float:
    """As OneCycleLR, but also works if the first phase is a single step, where OneCycleLR fails."""
    first, last = 1 / DIV_FACTOR, 1 / DIV_FACTOR / FINAL_DIV_FACTOR
    peak = total * warmup - 1
    if step <= peak:
        return 1.0 if peak == 0 else _between(first, 1.0, step / peak)
    return _between(1.0, last, (step - peak) / (total - 1 - peak))


FACTORS: Dict[str, Callable[[int, int, float], float]] = {"linear": _linear, "cosine": _cosine, "one-cycle": _one_cycle}


def _warmup_steps(total: int, warmup: float) -> int:
    return math.floor(total * warmup + 0.5)


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
