"""The lab's protocol: steps on the mean loss over a batch's targets, validation after each epoch, early stopping, one test."""
import copy
import math
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from .config import Config
from .data import PAD, SPECIAL, DataError, Dataset, loader
from .loss import Scored
from .measures import MeasureSum
from .models import Completer
from .optimizers import optimizer_of
from .processes import Processes
from .schedules import Schedule

Run = Dict[str, Any]


class NotFinite(Exception):
    """The loss stopped being a number."""


class Trainer:
    """One model on one data set. `run` is its entry of `metrics.json`, `best` the weights of its best epoch.

    `pad_to_length` pads every batch to the configuration's length instead of to its longest row.
    """

    def __init__(
        self, name: str, config: Config, dataset: Dataset, processes: Processes, pad_to_length: bool = False
    ) -> None:
        self._pad_to = config.length if pad_to_length else None
        self.name, self._config, self._dataset, self._processes = name, config, dataset, processes
        tokens = min(config.vocabulary, len(dataset.vocabulary)) + SPECIAL
        torch.manual_seed(config.seed)
        self.model = Completer.of(name, config, tokens).to(processes.device)
        # every process has masks of its own for its rows
        torch.manual_seed(config.seed * 1_000_003 + processes.rank)
        self._scored = Scored(self.model)
        self._parallel: nn.Module = self._scored
        if processes.world > 1:
            devices = [processes.device.index] if processes.device.type == "cuda" else None
            self._parallel = DistributedDataParallel(self._scored, device_ids=devices)
        self._optimiser = optimizer_of(config, self.model.parameters())
        self._schedule: Optional[Schedule] = None
        self.best: Optional[Dict[str, Tensor]] = None
        self.run: Run = {
            "name": name,
            "parameters": self.model.parameter_count(),
            "bestEpoch": None,
            "epochs": [],
            "test": None,
        }

    def train(self, tell: Callable[[Run], None]) -> Run:
        """Trains to the end. `tell` hears of the run after every epoch, and once it is tested."""
        config, best_loss = self._config, math.inf
        batches = self._loader("train")
        self._schedule = Schedule(config, self._optimiser, len(batches))
        validation = self._loader("validation")
        for epoch in range(1, config.epochs + 1):
            measured = self._epoch(batches, epoch)
            measured["validation"] = self.measure(validation)
            self.run["epochs"].append(measured)
            loss = measured["validation"]["loss"]
            self._schedule.after_epoch(loss)
            if loss < best_loss:
                best_loss, self.run["bestEpoch"] = loss, epoch
                self.best = copy.deepcopy(self.model.state_dict())
            tell(self.run)
            if epoch - (self.run["bestEpoch"] or 0) >= config.patience:
                break
        if self.best is None:
            raise NotFinite(f"{self.name}: no epoch had a validation loss that is a finite number: lower the rate")
        self.model.load_state_dict(self.best)
        self.run["test"] = self.measure(self._loader("test"))
        if "dev" in self._dataset.splits:
            self.run["dev"] = self.measure(self._loader("dev"))
        tell(self.run)
        return self.run

    def losses(self, steps: int) -> List[float]:
        """The loss before each of so many steps, of all processes together; nothing is measured."""
        batches, losses, epoch = self._loader("train"), [], 0
        self._schedule = Schedule(self._config, self._optimiser, len(batches))
        while len(losses) < steps:
            epoch += 1
            batches.batch_sampler.epoch = epoch
            for inputs, targets in self._on_device(batches):
                losses.append(self._step(inputs, targets, None)[0])
                if len(losses) == steps:
                    break
        return losses

    @torch.no_grad()
    def measure(self, batches: DataLoader) -> Dict[str, float]:
        """The measures of a split, without dropout."""
        self.model.eval()
        total = MeasureSum(self._dataset.silent(), self._processes.device)
        for inputs, targets in self._on_device(batches):
            total.add(*self._scored(inputs, targets)[1:])
        return total.reduce().measures()

    def _epoch(self, batches: DataLoader, epoch: int) -> Dict[str, Any]:
        batches.batch_sampler.epoch = epoch
        total = MeasureSum(self._dataset.silent(), self._processes.device)
        norms: List[float] = []
        start = time.perf_counter()
        for inputs, targets in self._on_device(batches):
            loss, norm = self._step(inputs, targets, total)
            if not (math.isfinite(loss) and math.isfinite(norm)):
                raise NotFinite(f"{self.name}: the loss stopped being a number in epoch {epoch}: lower the rate")
            norms.append(norm)
        seconds = time.perf_counter() - start
        train = total.reduce().measures()
        return {
            "epoch": epoch,
            "seconds": seconds,
            "tokensPerSecond": train["counted"] / seconds,
            "gradientNorm": {"mean": sum(norms) / len(norms), "max": max(norms)},
            "train": train,
        }

    def _step(self, inputs: Tensor, targets: Tensor, total: Optional[MeasureSum]) -> Tuple[float, float]:
        """The mean loss over the whole batch's targets before the step, and its gradient's norm before clipping."""
        self.model.train()
        self._optimiser.zero_grad(set_to_none=True)
        sums = torch.stack([torch.zeros(()), (targets != PAD).sum().cpu()]).to(targets.device, torch.float64)
        counted = self._summed(sums)[1]
        for part in self._parts(inputs, targets):
            own, known, losses, ranks = self._parallel(*part)
            # gradients are averaged over processes, so that this makes them those of the mean over all targets
            (own * (self._processes.world / max(1.0, counted))).backward()
            sums[0] += losses.detach().double().sum()
            if total is not None:
                total.add(known, losses, ranks)
        loss = self._summed(sums)[0]
        clip = self._config.clip_norm
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), clip if clip > 0 else math.inf)
        self._optimiser.step()
        if self._schedule is not None:
            self._schedule.after_step()
        return loss / max(1.0, counted), float(norm)

    def _summed(self, sums: Tensor) -> List[float]:
        """Over all processes."""
        sums = sums.clone()
        if self._processes.world > 1:
            dist.all_reduce(sums)
        return sums.tolist()

    def _parts(self, inputs: Tensor, targets: Tensor) -> Iterator[Tuple[Tensor, Tensor]]:
        """As many parts as gradients are added up for a step, in every process alike: rows of PAD fill up those without any."""
        count = self._config.accumulate
        if count == 1:
            return iter([(inputs, targets)])
        missing = max(0, count - len(inputs))
        padded = (nn.functional.pad(ids, (0, 0, 0, missing), value=PAD).tensor_split(count) for ids in (inputs, targets))
        return zip(*padded)

    def _loader(self, split: str) -> DataLoader:
        config, processes = self._config, self._processes
        limit = config.train_files if split == "train" else None
        rows = self._dataset.rows(split, config.length, config.vocabulary, limit)
        if split == "train" and len(rows) == 0:
            raise DataError(f"{self._dataset.id} has no training rows: choose another data set")
        seed = config.seed if split == "train" else None
        batch = config.batch * (config.accumulate if split == "train" else 1)
        return loader(rows, batch, processes.rank, processes.world, seed, self._pad_to)

    def _on_device(self, batches: DataLoader) -> Iterator[Tuple[Tensor, Tensor]]:
        for inputs, targets in batches:
            yield inputs.to(self._processes.device), targets.to(self._processes.device)
