"""Writes and reads `metrics.json` as the lab does (src/core/json.ts): NaN is null, an infinite number the string "Infinity" or
"-Infinity". JSON has neither, and other parsers reject `NaN` and `Infinity`, which Python writes by default."""
import json
import math
import os
from pathlib import Path
from typing import Any, Dict, Union

_INFINITE = {"Infinity": math.inf, "-Infinity": -math.inf}
# The metrics of a split, in the order of the file, where two counts follow them.
METRICS = (
    "loss", "perplexity", "perplexityKnown", "top1", "top5", "top5Known", "codexglue", "top1Names", "top5Names",
    "cachePerplexity", "cacheTop1", "cacheTop5Known", "cacheCodexglue", "cacheTop1Names", "cacheTop5Names",
)
# Keys for which null means NaN. Elsewhere, as in `bestEpoch`, `test` and settings, it means that there is no value.
_FIGURES = {*METRICS, "mean", "max", "seconds", "tokensPerSecond"}


def write_metrics(path: Union[str, Path], metrics: Dict[str, Any]) -> None:
    """Replaces the file atomically."""
    part = Path(f"{path}.part")
    part.write_text(json.dumps(_plain(metrics), indent=2, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(part, path)


def read_metrics(path: Union[str, Path]) -> Dict[str, Any]:
    """Reads a file of the lab or of `write_metrics`, or one with Python's `NaN` and `Infinity`. Raises a ValueError if it is not JSON."""
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
