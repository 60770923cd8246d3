"""The processes that train together: a single one, or those that `torchrun` started."""
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Iterator

import torch
import torch.distributed as dist


@dataclass(frozen=True)
class Processes:
    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and prints."""
        return self.rank == 0

    def as_the_first(self, value: bool) -> bool:
        """Gives all processes the first one's value, since others may see other files."""
        if self.world == 1:
            return value
        told = torch.tensor([int(value)], device=self.device)
        dist.broadcast(told, 0)
        return bool(told.item())

    def name(self) -> str:
        """A readable name of what computes."""
        kind = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type
        return f"PyTorch {torch.__version__}, {kind}, {self.world} process{'es' if self.world > 1 else ''}"


@contextmanager
def together(device: str) -> Iterator[Processes]:
    """Joins the other processes if `torchrun` started several: with gloo on CPUs, nccl on GPUs.

    `device` is `auto`, `cpu` or `cuda`; each process on a machine uses a separate GPU.
    """
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    local = int(os.environ.get("LOCAL_RANK", 0))
    cuda = torch.cuda.is_available() if device == "auto" else device == "cuda"
    if cuda and not torch.cuda.is_available():
        raise SystemExit("this PyTorch sees no GPU: use --device cpu")
    if cuda and local >= torch.cuda.device_count():
        raise SystemExit(f"process {local} of this machine has no GPU of its own: start {torch.cuda.device_count()} at most")
    chosen = torch.device("cuda", local) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(chosen)
    if world > 1:
        dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield Processes(rank, world, chosen)
    finally:
        if world > 1:
            dist.destroy_process_group()
