"""The configuration of a training, under the names that the lab's files give it."""
import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

PRESETS = ("task", "quick", "tiny")
MODELS = ("rnn", "lstm", "residual-rnn", "residual-lstm")

# Training files from which on `task` takes the larger batch.
LARGE_CORPUS = 5_000


@dataclass(frozen=True)
class Config:
    """One training; the defaults are the preset `task`. Attribute `learning_rate` is `learningRate` in files."""

    preset: str = "task"
    seed: int = 42
    batch: int = 8  # rows a step, over all processes
    length: int = 1000  # tokens a row: longer rows are cut
    vocabulary: int = 10_000  # most frequent tokens kept, PAD and UNK not counted
    embedding: int = 256
    hidden: int = 512
    activation: str = "tanh"  # of an RNN
    dropout: float = 0.3
    learning_rate: float = 1e-3
    clip_norm: float = 1.0  # largest global gradient norm; 0 does not clip
    epochs: int = 30  # at most
    patience: int = 3  # epochs without a lower validation loss before training stops
    train_files: Optional[int] = None  # uses only the first so many; None uses all

    def as_json(self) -> Dict[str, Any]:
        """Under the names of `metrics.json`."""
        return {_camel(name): value for name, value in dataclasses.asdict(self).items()}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> "Config":
        """From a lab's `config`; what it does not know (such as `model`) is left out."""
        known = {field.name for field in dataclasses.fields(Config)}
        return Config(**{_snake(name): value for name, value in told.items() if _snake(name) in known})


def preset(name: str, train_files: int) -> Config:
    """A preset on a data set with so many training files."""
    if name == "task":
        return Config(batch=8 if train_files < LARGE_CORPUS else 32)
    if name == "quick":
        return Config("quick", vocabulary=2_000, length=256, embedding=64, hidden=128, learning_rate=5e-3, dropout=0.2,
                      epochs=6)
    if name == "tiny":
        return Config("tiny", batch=4, vocabulary=200, length=64, embedding=16, hidden=24, learning_rate=5e-3,
                      dropout=0.1, epochs=3, train_files=64)
    raise ValueError(f"there is no preset {name!r}: choose one of {', '.join(PRESETS)}")


def fields() -> List["dataclasses.Field[Any]"]:
    """Every setting but the preset's name, for a command line."""
    return [field for field in dataclasses.fields(Config) if field.name != "preset"]


def load(path: str) -> Dict[str, Any]:
    """A JSON file of settings as `as_json` gives them, or a `metrics.json`, whose `config` is taken."""
    with open(path, encoding="utf-8") as file:
        told = json.load(file)
    if not isinstance(told, dict):
        raise ValueError(f"{path} holds no settings")
    return told["config"] if isinstance(told.get("config"), dict) else told


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
