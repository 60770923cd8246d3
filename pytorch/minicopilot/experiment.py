"""Experiment files, which the lab's page and `npm run train` write: models, and settings with one or several values."""
import json
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

from . import config as configs
from .config import MODELS, PRESETS

MODEL_CHOICES = (*MODELS, "residual")
_SCHEMA = 1
_KEYS = {"schema", "dataset", "preset", "models", "settings", "sweep"}
_NAMES = {configs.camel(setting.name) for setting in configs.settings()}


@dataclass(frozen=True)
class Experiment:
    # Id of the data set.
    dataset: str
    preset: str
    models: List[str]
    # Under the lab's names: `settings` are the same in every combination, `sweep` has several values for each.
    settings: Dict[str, Any]
    sweep: Dict[str, List[Any]]


@dataclass(frozen=True)
class Combination:
    # The folder's name, as in `npm run train`; empty if nothing varies.
    name: str
    settings: Dict[str, Any]


def load(path: str) -> Experiment:
    """Reads an experiment. Raises a ValueError that says what is wrong with the file; `Config` checks the values."""
    with open(path, encoding="utf-8") as file:
        try:
            told = json.load(file)
        except ValueError as error:
            raise ValueError(f"{path} is not JSON: {error}") from error
    if not isinstance(told, dict) or told.get("schema") != _SCHEMA:
        raise ValueError(f"{path} is not an experiment of version {_SCHEMA}")
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise ValueError(f"{path} asks for {', '.join(unknown)}, which this package does not know: npm run train may")
    models, settings, sweep = told.get("models"), told.get("settings", {}), told.get("sweep", {})
    if not isinstance(models, list) or not models or any(model not in MODEL_CHOICES for model in models):
        raise ValueError(f"{path}: models must be a list of {', '.join(MODEL_CHOICES)}")
    if told.get("preset") not in PRESETS:
        raise ValueError(f"{path}: preset must be one of {', '.join(PRESETS)}")
    if not isinstance(settings, dict) or not isinstance(sweep, dict):
        raise ValueError(f"{path}: settings and sweep must be objects")
    if not all(isinstance(values, list) and values for values in sweep.values()):
        raise ValueError(f"{path}: every setting of sweep must have a list of values")
    for name in (*settings, *sweep):
        if name not in _NAMES:
            raise ValueError(f"{path}: there is no setting {name!r}")
    return Experiment(str(told.get("dataset")), told["preset"], models, settings, sweep)


def combinations(experiment: Experiment) -> List[Combination]:
    """Every combination in the lab's order: by setting, the seed varying fastest."""
    order = [configs.camel(setting.name) for setting in configs.settings()]
    varied = [name for name in sorted(order, key=lambda name: name == "seed") if name in experiment.sweep]
    found: List[Tuple[List[str], Dict[str, Any]]] = [([], dict(experiment.settings))]
    for name in varied:
        values = experiment.sweep[name]
        found = [
            ([*parts, f"{_flag(name)}-{_text(value)}"] if len(values) > 1 else parts, {**settings, name: value})
            for parts, settings in found
            for value in values
        ]
    return [Combination("-".join(parts), settings) for parts, settings in found]


def _flag(name: str) -> str:
    return "".join("-" + letter.lower() if letter.isupper() else letter for letter in name)


def _text(value: Optional[Any]) -> str:
    """A value as JavaScript writes it, so that folders have the same names as with `npm run train`."""
    if value is None:
        return "all"
    if not isinstance(value, float):
        return str(value)
    if value == int(value):
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    if exponent == "":
        return mantissa
    # Python writes exponents below 1e-4, JavaScript below 1e-6
    if int(exponent) < -6:
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.{-int(exponent) + len(mantissa.partition('.')[2])}f}"
