"""Write the logits of a model for given ids, to compare them with the lab's.

    python -m minicopilot.logits lstm.safetensors ids.safetensors logits.safetensors

Reads `x`, [rows, steps] int32; writes `logits`, [rows, steps, tokens] float32.
"""
import argparse

import torch

from .weights import WeightsError, load_model, read_safetensors, write_safetensors


def main() -> None:
    parser = argparse.ArgumentParser(prog="minicopilot.logits", description=(__doc__ or "").splitlines()[0])
    for name in ("weights", "ids", "out"):
        parser.add_argument(name)
    asked = parser.parse_args()
    try:
        model, _ = load_model(asked.weights)
        ids = read_safetensors(asked.ids)[0]["x"].long()
    except (WeightsError, OSError) as error:
        raise SystemExit(f"minicopilot: {error}")
    except KeyError as error:
        raise SystemExit(f"minicopilot: {asked.ids} lacks {error}")
    with torch.no_grad():
        logits = model(ids)
    write_safetensors(asked.out, {"logits": logits})


if __name__ == "__main__":
    main()
