"""The configuration of a training, and its names in the lab's files."""
import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple

PRESETS = ("task", "quick", "tiny")
BASELINES = ("rnn", "lstm", "gru")
MODELS = ("rnn", "lstm", "gru", "residual-rnn", "residual-lstm", "residual-gru")
ACTIVATIONS = ("tanh", "relu")
INITIALIZATIONS = ("uniform", "orthogonal", "orthogonal-layers")
OPTIMIZERS = ("adam", "adamw", "sgd")
SCHEDULES = ("constant", "linear", "cosine", "one-cycle", "plateau")
# Connections of a residual model into the output layer.
CONNECTIONS = ("sum", "scaled", "concatenated", "value", "gradient")
# Whether the output layer shares the embedding's weight: no, directly, or after a projection to the embedding's width.
WEIGHT_TYINGS = ("none", "tied", "projected")

# Numbers of training files from which `task` has a larger batch, and its largest.
MIDDLING_CORPUS = 1_000
LARGE_CORPUS = 5_000


def _number(default: Any, least: float, most: float, words: str) -> Any:
    """A setting with its inclusive bounds. They are the lab's own, since it refuses a run outside of them."""
    return field(default=default, metadata={"least": least, "most": most, "words": words})


def _choice(choices: Tuple[str, ...], words: str) -> Any:
    """A setting that is one of these names; the first is the default."""
    return field(default=choices[0], metadata={"words": words, "choices": choices})


@dataclass(frozen=True)
class Config:
    """One training; the defaults are the preset `task`. Attribute `learning_rate` is `learningRate` in files.

    Raises a ValueError for a setting out of its bounds.
    """

    preset: str = "task"
    seed: int = _number(42, 0, 4_294_967_295, "seed for initial weights, batch order and dropout masks")
    batch: int = _number(2, 1, 512, "rows per step, over all processes")
    length: int = _number(1000, 2, 1000, "tokens per row; longer rows are cut")
    vocabulary: int = _number(10_000, 1, 65_534, "most frequent tokens kept, PAD and UNK not counted")
    embedding: int = _number(256, 1, 2048, "embedding size")
    hidden: int = _number(512, 1, 2048, "units per recurrent layer")
    layers: int = _number(2, 1, 4, "recurrent layers; a residual model needs two")
    connection: str = _choice(CONNECTIONS, "connection of a residual model into the output layer")
    weight_tying: str = _choice(WEIGHT_TYINGS, "whether the output layer's weight is the embedding's; projected: of any width")
    activation: str = _choice(ACTIVATIONS, "activation of the RNN")
    forget_bias: float = _number(0.0, -10, 10, "added to the initial bias of an LSTM's forget gates")
    initialization: str = _choice(INITIALIZATIONS, "initial recurrent weights, and those between the layers")
    dropout: float = _number(0.3, 0, 0.95, "dropout between recurrent layers and before the output layer")
    learning_rate: float = _number(1e-3, 1e-12, 1, "learning rate")
    accumulate: int = _number(1, 1, 32, "batches whose gradients are added up before a step")
    optimizer: str = _choice(OPTIMIZERS, "adam, adamw, or sgd with momentum")
    weight_decay: float = _number(0.01, 0, 1, "weight decay of AdamW")
    momentum: float = _number(0.9, 0, 0.999, "momentum of SGD")
    schedule: str = _choice(SCHEDULES, "how the learning rate changes during training")
    warmup: float = _number(0.1, 0, 1, "share of all steps in which the rate rises: linear, cosine, one-cycle")
    clip_norm: float = _number(1.0, 0, 1000, "largest global gradient norm; 0 turns clipping off")
    epochs: int = _number(30, 1, 1000, "maximum number of epochs")
    patience: int = _number(3, 1, 1000, "epochs without a lower validation loss before training stops")
    train_files: Optional[int] = _number(None, 1, 10_000_000, "train on only the first N training files")

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ValueError(f"there is no preset {self.preset!r}: choose one of {', '.join(PRESETS)}")
        for one in settings():
            value, bounds = getattr(self, one.name), one.metadata
            if value not in bounds.get("choices", [value]):
                raise ValueError(f"{one.name} is {value!r}: choose one of {', '.join(bounds['choices'])}")
            if "least" not in bounds or (value is None and one.default is None):
                continue
            numbers = (int, float) if isinstance(one.default, float) else int
            if not isinstance(value, numbers) or not bounds["least"] <= value <= bounds["most"]:
                kind = "a number" if isinstance(one.default, float) else "a whole number"
                raise ValueError(f"{one.name} is {value!r}: it must be {kind} from {bounds['least']} to {bounds['most']}")

    def as_json(self) -> Dict[str, Any]:
        """The settings under their names in `metrics.json`."""
        return {camel(name): value for name, value in dataclasses.asdict(self).items()}

    @staticmethod
    def from_json(told: Mapping[str, Any]) -> "Config":
        """A configuration from a lab's `config`. Keys that are not settings, such as `model`, are ignored."""
        known = {one.name for one in dataclasses.fields(Config)}
        return Config(**{_snake(name): value for name, value in told.items() if _snake(name) in known})


def preset(name: str, train_files: int) -> Config:
    """A preset for a data set with this number of training files. Raises a ValueError for an unknown name."""
    if name == "task":
        return Config(batch=2 if train_files < MIDDLING_CORPUS else 8 if train_files < LARGE_CORPUS else 32)
    if name == "quick":
        return Config("quick", batch=2, vocabulary=2_000, length=256, embedding=64, hidden=128, learning_rate=8e-3,
                      forget_bias=1.0, initialization="orthogonal-layers", dropout=0.2, epochs=4)
    if name == "tiny":
        return Config("tiny", batch=4, vocabulary=200, length=64, embedding=16, hidden=24, learning_rate=5e-3,
                      dropout=0.1, epochs=3, train_files=64)
    raise ValueError(f"there is no preset {name!r}: choose one of {', '.join(PRESETS)}")


def settings() -> List["dataclasses.Field[Any]"]:
    """Every setting except the preset's name. Metadata: `words` is a description; numbers have `least` and `most`, names `choices`."""
    return [one for one in dataclasses.fields(Config) if one.name != "preset"]


def load(path: str) -> Dict[str, Any]:
    """Reads a JSON file of settings as from `as_json`, or the `config` of a `metrics.json`. Raises a ValueError for other files."""
    with open(path, encoding="utf-8") as file:
        try:
            told = json.load(file)
        except ValueError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
    if isinstance(told, dict) and isinstance(told.get("config"), dict):
        told = told["config"]
    if not isinstance(told, dict):
        raise ValueError(f"{path} holds no settings")
    return told


def camel(name: str) -> str:
    """The name of a setting in the lab's files."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
