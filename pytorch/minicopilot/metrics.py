"""`metrics.json`, written and read as the lab does (src/core/json.ts): NaN is null, an infinite number the string "Infinity" or
"-Infinity". JSON has neither, and Python's own words for them, `NaN` and `Infinity`, are no JSON that other parsers take."""
import json
import math
import os
from pathlib import Path
from typing import Any, Dict, Union

_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
# The metrics of a split, in the file's order; two counts follow them.
METRICS = (
    "loss", "perplexity", "perplexityKnown", "top1", "top5", "top5Known", "codexglue", "top1Names", "top5Names",
    "cachePerplexity", "cacheTop1", "cacheTop5Known", "cacheCodexglue", "cacheTop1Names", "cacheTop5Names",
)
# Where null is a number that is none; elsewhere, as in `bestEpoch`, `test` and settings, it says that there is nothing.
_FIGURES = {*METRICS, "mean", "max", "seconds", "tokensPerSecond"}


def write_metrics(path: Union[str, Path], metrics: Dict[str, Any]) -> None:
    """The file appears whole or not at all."""
    part = Path(f"{path}.part")
    part.write_text(json.dumps(_plain(metrics), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(part, path)


def read_metrics(path: Union[str, Path]) -> Dict[str, Any]:
    """Of the lab, of `write_metrics`, or with Python's own words for what is not finite. Raises a ValueError for what is not JSON."""
    return _numbers(json.loads(Path(path).read_text(encoding="utf-8")))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _numbers(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _numbers(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if name in _FIGURES:
        return math.nan if value is None or value == "NaN" else _INFINITE.get(value, value)
    return value
