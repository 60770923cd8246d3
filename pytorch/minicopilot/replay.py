"""Repeat training steps of the lab: the same weights, the same batches, no dropout. The losses must agree.

    python -m minicopilot.replay steps.safetensors

The file contains the tensors `init.<name>` and, for i from 0, `batch<i>.x` and `batch<i>.y`, [rows, steps] int32. Its metadata has
the `config`. Prints one JSON line: {"version", "losses", "gradientNorms"}, where loss and norm are those before each step.
"""
import argparse
import json
import math

import torch
from torch import nn
from torch.nn import functional

from .config import Config
from .data import PAD
from .models import Completer
from .optimizers import optimizer_of
from .weights import WeightsError, read_safetensors


def main() -> None:
    parser = argparse.ArgumentParser(prog="minicopilot.replay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file")
    path = parser.parse_args().file
    try:
        tensors, metadata = read_safetensors(path)
        told = json.loads(metadata["config"])
        config = Config.from_json({**told, "dropout": 0.0})
        weights = {name[len("init.") :]: tensor for name, tensor in tensors.items() if name.startswith("init.")}
        model = Completer.of(told["model"], config, len(weights["output.bias"]))
        model.load_state_dict(weights)
    except (WeightsError, OSError) as error:
        raise SystemExit(f"minicopilot: {error}")
    except (KeyError, ValueError, RuntimeError) as error:
        raise SystemExit(f"minicopilot: {path} holds no steps to repeat: {error}")
    optimiser = optimizer_of(config, model.parameters())
    losses, norms = [], []
    while f"batch{len(losses)}.x" in tensors:
        inputs, targets = (tensors[f"batch{len(losses)}.{part}"].long() for part in "xy")
        optimiser.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=PAD)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm if config.clip_norm > 0 else math.inf)
        optimiser.step()
        losses.append(loss.item())
        norms.append(float(norm))
    print(json.dumps({"version": torch.__version__, "losses": losses, "gradientNorms": norms}))


if __name__ == "__main__":
    main()
