"""The lab's training protocol: steps on the mean loss over a batch's targets, validation after each epoch, early stopping, one test."""
import copy
import math
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from .cache import SEARCHED_ROWS, Texts, row_scores, search
from .config import Config
from .data import PAD, SPECIAL, DataError, Dataset, Rows, loader
from .loss import Scored, linear_cross_entropy
from .measures import MeasureSum
from .models import Completer
from .optimizers import optimizer_of
from .processes import Processes
from .schedules import Schedule

Run = Dict[str, Any]


class NotFinite(Exception):
    """The loss or the gradient norm is not finite."""


class Trainer:
    """Trains one model on one data set. `run` is its entry in `metrics.json`, `best` has the weights of its best epoch.

    `pad_to_length` pads every batch to the configuration's length instead of to its longest row.
    """

    def __init__(
        self, name: str, config: Config, dataset: Dataset, processes: Processes, pad_to_length: bool = False
    ) -> None:
        self._pad_to = config.length if pad_to_length else None
        self._names = dataset.names()
        self.name, self._config, self._dataset, self._processes = name, config, dataset, processes
        tokens = min(config.vocabulary, len(dataset.vocabulary)) + SPECIAL
        torch.manual_seed(config.seed)
        self.model = Completer.of(name, config, tokens).to(processes.device)
        # every process draws its own dropout masks
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
        """Trains to the end. Calls `tell` with the run after every epoch, and after the test. Raises NotFinite."""
        config, best_loss = self._config, math.inf
        batches = self._loader("train")
        self._schedule = Schedule(config, self._optimiser, len(batches))
        for epoch in range(1, config.epochs + 1):
            measured = self._epoch(batches, epoch)
            measured["validation"] = self.measure("validation")
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
        found = self.search_cache()
        if found is not None:
            self.run["cache"] = found
        cache = found and (found["parameters"]["theta"], found["parameters"]["lambda"])
        self.run["test"] = self.measure("test", cache)
        if "dev" in self._dataset.splits:
            self.run["dev"] = self.measure("dev", cache)
        tell(self.run)
        return self.run

    def losses(self, steps: int) -> List[float]:
        """The loss before each step, over all processes, without evaluation."""
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
    def measure(self, split: str, cache: Optional[Tuple[float, float]] = None) -> Dict[str, float]:
        """The measures of a split, without dropout. If the data set keeps the texts outside the vocabulary, they include those of names,
        and those with a continuous cache of the given (theta, lambda)."""
        self.model.eval()
        total = MeasureSum(self._dataset.silent(), self._processes.device)
        rows, batches, output = self._rows(split), self._loader(split), self.model.output
        for indices, (inputs, targets) in zip(batches.batch_sampler, self._on_device(batches)):
            states, keep = self.model.before_output(inputs), targets != PAD
            _, losses, ranks = linear_cross_entropy(states[keep], output.weight, output.bias, targets[keep])
            total.add(targets[keep], losses, ranks, *self._details(rows, indices, states, keep, cache))
        return total.reduce().measures()

    def _details(
        self, rows: Rows, indices: List[int], states: Tensor, keep: Tensor, cache: Optional[Tuple[float, float]]
    ) -> Tuple[Optional[Tensor], Optional[Tuple[Tensor, Tensor]]]:
        """Which targets of a batch are names, and the losses and ranks of all targets with a cache, in the order of `states[keep]`."""
        if not rows.has_texts:
            return None, None
        named = [torch.tensor(rows.named(index, self._names), dtype=torch.bool) for index in indices]
        named = [own[keep[row, : len(own)].cpu()] for row, own in enumerate(named)]
        of_names = torch.cat(named or [torch.zeros(0, dtype=torch.bool)]).to(states.device)
        if cache is None:
            return of_names, None
        scores = [
            row_scores(states[row][keep[row]], self.model.output.weight, self.model.output.bias, texts, [cache])[0]
            for row, texts in enumerate(self._texts(rows, indices))
        ]
        nothing = (torch.zeros(0, dtype=torch.float64), torch.zeros(0, dtype=torch.int64))
        losses, ranks = (torch.cat(part).to(states.device) for part in zip(*(scores or [nothing])))
        return of_names, (losses, ranks)

    def _texts(self, rows: Rows, indices: List[int]) -> List[Texts]:
        limit = len(self.model.output.bias)
        return [Texts([text for text in rows.texts(index) if text != PAD], limit) for index in indices]

    @torch.no_grad()
    def search_cache(self) -> Optional[Dict[str, Any]]:
        """The best theta and lambda of a cache on some validation rows, the same in every process. None if the data set does not keep
        the texts outside the vocabulary, or no pair has a finite loss."""
        self.model.eval()
        rows = self._rows("validation")
        if not rows.has_texts:
            return None
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(self._config.seed)).tolist()
        chosen = [index for index in order if rows.lengths[index] > 1][:SEARCHED_ROWS]
        pairs = []
        for index in sorted(chosen):
            ids = rows[index].to(self._processes.device)
            states = self.model.before_output(ids[None, :-1])[0][ids[1:] != PAD]
            pairs.append((states, self._texts(rows, [index])[0]))
        return search(pairs, self.model.output.weight, self.model.output.bias)

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
            # DistributedDataParallel averages gradients over processes; this factor makes them those of the mean over all targets
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
        """The sums over all processes."""
        sums = sums.clone()
        if self._processes.world > 1:
            dist.all_reduce(sums)
        return sums.tolist()

    def _parts(self, inputs: Tensor, targets: Tensor) -> Iterator[Tuple[Tensor, Tensor]]:
        """Cuts a batch into the parts whose gradients are accumulated. Every process has the same number of parts; rows of PAD fill
        empty ones."""
        count = self._config.accumulate
        if count == 1:
            return iter([(inputs, targets)])
        missing = max(0, count - len(inputs))
        padded = (nn.functional.pad(ids, (0, 0, 0, missing), value=PAD).tensor_split(count) for ids in (inputs, targets))
        return zip(*padded)

    def _loader(self, split: str) -> DataLoader:
        config, processes = self._config, self._processes
        rows = self._rows(split)
        if split == "train" and len(rows) == 0:
            raise DataError(f"{self._dataset.id} has no training rows: choose another data set")
        seed = config.seed if split == "train" else None
        batch = config.batch * (config.accumulate if split == "train" else 1)
        return loader(rows, batch, processes.rank, processes.world, seed, self._pad_to)

    def _rows(self, split: str) -> Rows:
        config = self._config
        limit = config.train_files if split == "train" else None
        return self._dataset.rows(split, config.length, config.vocabulary, limit)

    def _on_device(self, batches: DataLoader) -> Iterator[Tuple[Tensor, Tensor]]:
        for inputs, targets in batches:
            yield inputs.to(self._processes.device), targets.to(self._processes.device)
