"""The lab's data sets: `manifest.json` and shards of rows. All rows have the same number of little-endian uint16 ids."""
import functools
import hashlib
import json
import keyword
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset as TorchDataset, Sampler

PAD, UNK = 0, 1
ID_BYTES = 2
SPECIAL = 2  # ids before the first token of the vocabulary
SILENT = ("<s>", "</s>", "<EOL>")  # tokens that CodeXGLUE does not count
OUTSIDE = 2**16  # greater numbers are texts outside the vocabulary

# Number of batches whose rows are sorted by length together, as in the lab.
WINDOW_BATCHES = 16


class DataError(Exception):
    """A data set cannot be used. The message says why, and what to do."""


class Dataset:
    """A data set's folder: vocabulary, kept literals and splits."""

    def __init__(self, folder: Union[str, Path]) -> None:
        self.folder = Path(folder)
        path = self.folder / "manifest.json"
        try:
            self.manifest: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(f"{self.folder} holds no manifest.json: name the folder that a data set was unpacked into")
        except ValueError as error:
            raise DataError(f"{path} is not JSON ({error}): save the data set again")
        if not isinstance(self.manifest, dict):
            raise DataError(f"{path} is not a data set's manifest")
        if self.manifest.get("schema") != 1:
            raise DataError(f"{path} has format version {self.manifest.get('schema')!r}; this package reads version 1")
        try:
            self.id: str = self.manifest["id"]
            self.sha256: str = self.manifest["sha256"]
            self.rules: str = self.manifest["rules"]
            self.reading: str = self.manifest.get("reading", "bytes")  # older manifests do not have it
            self.length: int = self.manifest["length"]
            self.vocabulary: List[str] = self.manifest["vocabulary"]["tokens"]
            self.literals: Dict[str, List[str]] = self.manifest["literals"]
            self.splits: Dict[str, Any] = self.manifest["splits"]
            contradictory = [split for split in ("train", "validation", "test") if not self._adds_up(self.splits[split])]
        except (KeyError, TypeError) as error:
            raise DataError(f"{path} is not a data set's manifest: it lacks {error}")
        if contradictory:
            raise DataError(f"{path} contradicts itself about the {contradictory[0]} rows: save the data set again")

    def _adds_up(self, split: Dict[str, Any]) -> bool:
        shards = split["shards"]
        sizes_fit = all(shard["bytes"] == shard["rows"] * self.length * ID_BYTES for shard in shards)
        return sizes_fit and sum(shard["rows"] for shard in shards) == split["rows"]

    def files(self, split: str) -> int:
        """Number of rows of a split, without a limit."""
        return int(self.splits[split]["rows"])

    def silent(self) -> List[int]:
        """Ids that CodeXGLUE does not count."""
        return [SPECIAL + self.vocabulary.index(token) for token in SILENT if token in self.vocabulary]

    def rows(self, split: str, length: int, vocabulary: int, limit: Optional[int] = None) -> "Rows":
        """The rows of a split, or the first `limit` of them, cut to `length` tokens. Ids outside of `vocabulary` become UNK."""
        if split not in self.splits:
            raise DataError(f"{self.id} has no {split} split")
        shards = [self._shard(entry) for entry in self.splits[split]["shards"]]
        ids = np.concatenate(shards) if shards else np.zeros((0, self.length), np.uint16)
        outside = self._outside(split, shards)
        return Rows(
            ids[:limit, :length], min(vocabulary, len(self.vocabulary)), None if outside is None else outside[:limit, :length]
        )

    def names(self) -> List[bool]:
        """Whether each id, including PAD and UNK, is an identifier."""
        return [False] * SPECIAL + [token.isidentifier() and not keyword.iskeyword(token) for token in self.vocabulary]

    def _outside(self, split: str, shards: List[np.ndarray]) -> Optional[np.ndarray]:
        """A code for each UNK: twice the number of its text in the row, plus 1 for an identifier. Other positions are 0. None if the
        data set does not keep these codes."""
        entries = self.splits[split].get("outside")
        if entries is None:
            return None
        parts = []
        for ids, entry in zip(shards, entries):
            codes = np.zeros(ids.shape, np.uint16)
            kept = np.frombuffer(self._bytes(entry), "<u2")
            if len(kept) != int((ids == UNK).sum()):
                raise DataError(f"{entry['file']} does not fit its rows: save the data set again")
            codes[ids == UNK] = kept
            parts.append(codes)
        return np.concatenate(parts) if parts else np.zeros((0, self.length), np.uint16)

    def _shard(self, entry: Dict[str, Any]) -> np.ndarray:
        return np.frombuffer(self._bytes(entry), "<u2").reshape(entry["rows"], self.length)

    def _bytes(self, entry: Dict[str, Any]) -> bytes:
        path = self.folder / Path(entry["file"]).name
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise DataError(f"{path} is missing: save the data set again, and unpack all of it")
        if hashlib.sha256(raw).hexdigest() != entry["sha256"]:
            raise DataError(f"{path} is damaged, its SHA-256 is not the manifest's: save the data set again")
        return raw


class Rows(TorchDataset):
    """Rows of ids, [n] int64 each, without PAD at the end. They are stored as uint16, since every process has all of them."""

    def __init__(self, ids: np.ndarray, vocabulary: int, outside: Optional[np.ndarray] = None) -> None:
        self._whole, self._outside = ids, outside
        self._ids = np.where(ids < vocabulary + SPECIAL, ids, np.uint16(UNK))
        filled = self._ids != PAD
        last = self._ids.shape[1] - filled[:, ::-1].argmax(1)
        self.lengths: List[int] = np.where(filled.any(1), last, 0).tolist()

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: int) -> Tensor:
        return torch.from_numpy(self._ids[index, : self.lengths[index]].astype(np.int64))

    @property
    def has_texts(self) -> bool:
        """Whether the data set says which tokens outside the vocabulary have the same text."""
        return self._outside is not None

    def texts(self, index: int) -> List[int]:
        """The text of each target of a row: an id of the data set's vocabulary, a number above OUTSIDE for a text outside it, or UNK
        if the text is unknown."""
        targets = slice(1, self.lengths[index])
        ids, numbers = self._whole[index, targets].tolist(), (self._outside[index, targets] >> 1).tolist()
        return [OUTSIDE + number if id == UNK and number > 0 else id for id, number in zip(ids, numbers)]

    def named(self, index: int, names: Sequence[bool]) -> List[bool]:
        """Whether each target of a row is an identifier. `names` is from `Dataset.names`."""
        targets = slice(1, self.lengths[index])
        codes = self._outside[index, targets].tolist()
        return [bool(code & 1) if id == UNK else names[id] for id, code in zip(self._whole[index, targets].tolist(), codes)]


def collate(rows: Sequence[Tensor], pad_to_length: Optional[int] = None) -> Tuple[Tensor, Tensor]:
    """Inputs and targets, [rows, steps] int64, padded to the longest row, or to `pad_to_length` tokens.

    The networks are causal and PAD has no loss, so more PAD changes no figure; it only takes time. With dropout it changes which
    masks are drawn.
    """
    longest = max([2, *(len(row) for row in rows)])
    steps = max(longest, pad_to_length or 0) - 1
    ids = torch.full((max(1, len(rows)), steps + 1), PAD, dtype=torch.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
    return ids[:, :-1].contiguous(), ids[:, 1:].contiguous()


class LengthBatches(Sampler):
    """Batches of rows of similar length, in a different order each epoch: rows are shuffled, then sorted within windows, then batches
    are shuffled.

    With several processes, each takes its share of every batch, so that together they take the same batches as a single process.
    """

    def __init__(self, lengths: Sequence[int], batch: int, seed: int, rank: int = 0, world: int = 1) -> None:
        self._lengths, self._batch, self._seed = lengths, batch, seed
        self._rank, self._world = rank, world
        self.epoch = 1

    def __len__(self) -> int:
        return -(-len(self._lengths) // self._batch)

    def __iter__(self) -> Iterator[List[int]]:
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + self.epoch)
        rows = torch.randperm(len(self._lengths), generator=generator).tolist()
        window = self._batch * WINDOW_BATCHES
        batches = [
            batch
            for start in range(0, len(rows), window)
            for batch in _cut(_longest_first(rows[start : start + window], self._lengths), self._batch)
        ]
        for index in torch.randperm(len(batches), generator=generator).tolist():
            yield batches[index][self._rank :: self._world]


def loader(
    rows: Rows,
    batch: int,
    rank: int = 0,
    world: int = 1,
    seed: Optional[int] = None,
    pad_to_length: Optional[int] = None,
) -> DataLoader:
    """Batches of a split. With a seed they are for training, and the caller sets the sampler's `epoch`; otherwise they are ordered by
    length, for evaluation.

    `pad_to_length` pads every batch to this number of tokens, such as the full row length, instead of to its longest row.
    """
    padded = functools.partial(collate, pad_to_length=pad_to_length)
    if seed is not None:
        return DataLoader(rows, batch_sampler=LengthBatches(rows.lengths, batch, seed, rank, world), collate_fn=padded)
    order = _longest_first(range(len(rows)), rows.lengths)
    batches = [part[rank::world] for part in _cut(order, batch)]
    return DataLoader(rows, batch_sampler=batches, collate_fn=padded)


def _longest_first(rows: Sequence[int], lengths: Sequence[int]) -> List[int]:
    return sorted(rows, key=lambda row: -lengths[row])


def _cut(rows: List[int], batch: int) -> List[List[int]]:
    return [rows[start : start + batch] for start in range(0, len(rows), batch)]
