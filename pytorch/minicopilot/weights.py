"""Weights as safetensors (https://huggingface.co/docs/safetensors), with the lab's metadata: config, vocabulary, literals, data set.

This module reads and writes them itself, since Debian's PyTorch comes without a package for it. Files are untrusted, so every size in
them is checked.
"""
import json
import math
import os
import struct
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple, Union

import numpy as np
import torch
from torch import Tensor

from .config import Config
from .data import SPECIAL, Dataset
from .models import Completer

_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I32": 4, "I64": 8}
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I32": "<i4", "I64": "<i8"}
_WRITTEN = {torch.float32: "F32", torch.int32: "I32"}
_MAX_HEADER_BYTES = 100_000_000
# Keys of the metadata, whose values are JSON.
_TOLD = ("config", "vocabulary", "literals", "dataset", "cache")


class WeightsError(Exception):
    """Weights cannot be read or written. The message says why."""


def write_safetensors(path: Union[str, Path], tensors: Mapping[str, Tensor],
                      metadata: Optional[Mapping[str, str]] = None) -> None:
    """Writes float32 and int32 tensors, and replaces the file atomically. Raises a WeightsError for other types."""
    header: Dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    blobs, at = [], 0
    for name, tensor in tensors.items():
        if tensor.dtype not in _WRITTEN:
            raise WeightsError(f"{name} is of {tensor.dtype}: only float32 and int32 are written")
        array = tensor.detach().cpu().contiguous().numpy()
        raw = array.astype(array.dtype.newbyteorder("<")).tobytes()
        header[name] = {"dtype": _WRITTEN[tensor.dtype], "shape": list(array.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    part = f"{path}.part"
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        file.writelines(blobs)
    os.replace(part, path)


def read_safetensors(path: Union[str, Path]) -> Tuple[Dict[str, Tensor], Dict[str, str]]:
    """Reads tensors and metadata; half precision is widened to float32. Raises a WeightsError for an invalid file."""
    raw = Path(path).read_bytes()
    try:
        (size,) = struct.unpack_from("<Q", raw)
        if size > min(_MAX_HEADER_BYTES, len(raw) - 8):
            raise WeightsError(f"{path}: its header claims {size} bytes")
        header = json.loads(raw[8 : 8 + size].decode())
        metadata = header.pop("__metadata__", {})
        tensors = {name: _tensor(raw, 8 + size, entry) for name, entry in header.items()}
    except WeightsError as error:
        raise WeightsError(f"{path} is not a complete safetensors file: {error}") from None
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{path} is not a complete safetensors file: {error}") from error
    return tensors, metadata


def _tensor(raw: bytes, start: int, entry: Mapping[str, Any]) -> Tensor:
    kind, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    if kind not in _BYTES:
        raise WeightsError(f"a tensor of {kind}")
    if not all(isinstance(length, int) and length >= 0 for length in shape):
        raise WeightsError("a shape that is none")
    if not 0 <= begin <= end <= len(raw) - start or end - begin != math.prod(shape) * _BYTES[kind]:
        raise WeightsError("offsets that do not fit its shape")
    data = raw[start + begin : start + end]
    if kind == "BF16":
        # a bfloat16 is the upper half of a float32
        wide = np.frombuffer(data, "<u2").astype(np.uint32) << 16
        return torch.from_numpy(wide.view(np.float32).reshape(shape).copy())
    array = np.frombuffer(data, _DTYPES[kind]).reshape(shape)
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("=") if kind != "F16" else np.float32))


def save_model(path: Union[str, Path], model: Completer, name: str, config: Config, dataset: Dataset,
               cache: Optional[Mapping[str, float]] = None) -> None:
    """Writes weights with all metadata that the lab needs to complete code. `cache` has theta and lambda, if they were searched."""
    metadata = {
        "config": json.dumps({"model": name, **config.as_json()}),
        "vocabulary": json.dumps(dataset.vocabulary[: config.vocabulary]),
        "literals": json.dumps(dataset.literals),
        "dataset": json.dumps({"id": dataset.id, "sha256": dataset.sha256, "rules": dataset.rules, "reading": dataset.reading}),
    }
    if cache is not None:
        metadata["cache"] = json.dumps(dict(cache))
    write_safetensors(path, {key: tensor.to("cpu", torch.float32) for key, tensor in model.state_dict().items()}, metadata)


def load_model(path: Union[str, Path]) -> Tuple[Completer, Dict[str, Any]]:
    """Reads a model in evaluation mode from a file of the lab or of `save_model`, and the file's metadata: `config`, `vocabulary`,
    `literals`, `dataset` and, if it was searched, `cache`. Raises a WeightsError for other files."""
    tensors, metadata = read_safetensors(path)
    try:
        told = {part: json.loads(metadata[part]) for part in _TOLD if part in metadata}
        name, config = told["config"]["model"], Config.from_json(told["config"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{path} does not say its config ({error}): export the weights again") from error
    if "output.bias" not in tensors or tensors["output.bias"].dim() != 1:
        raise WeightsError(f"{path} holds no output layer: export the weights again")
    tokens = len(tensors["output.bias"])
    if "vocabulary" in told and tokens != len(told["vocabulary"]) + SPECIAL:
        raise WeightsError(f"{path} has an output for {tokens} ids, but a vocabulary of {len(told['vocabulary'])} tokens")
    try:
        model = Completer.of(name, config, tokens)
        model.load_state_dict(tensors)
    except (RuntimeError, ValueError) as error:
        raise WeightsError(f"{path} holds other weights than it says: {error}") from error
    return model.eval(), told
