"""The optimizers under the lab's names."""
from typing import Iterable

import torch
from torch import nn

from .config import Config


def optimizer_of(config: Config, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """PyTorch's optimizer, with its default constants where the lab has no setting."""
    if config.optimizer == "adamw":
        return torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
    if config.optimizer == "sgd":
        return torch.optim.SGD(parameters, lr=config.learning_rate, momentum=config.momentum)
    return torch.optim.Adam(parameters, lr=config.learning_rate)
