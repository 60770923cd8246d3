#!/usr/bin/env python3
"""Time training steps of the lab's model in PyTorch, as a peer of `npm run bench -- --only train --device cpu`.

    apt-get install python3-torch libopenblas0-pthread      # Debian; its default BLAS is a tenth as fast
    python3 train_step.py --model lstm --batch 32 --steps 200 --timed 5

Prints one JSON line: {"version", "threads", "blas", "seconds"}. `seconds` has the time of each step, from a batch in memory to
its loss as a number. `--help` lists the sizes. Needs PyTorch 1.13 or later, and computes on the CPU.
"""
import argparse
import json
import math
import os
import re
import time
from typing import List, Optional, Tuple

import torch
from torch import Tensor, nn

PAD = 0
LAYERS = 2


class Completer(nn.Module):
    """Embedding, recurrent layers with dropout between them and before the output, linear to the vocabulary."""

    def __init__(self, kind: str, tokens: int, embedding: int, hidden: int, dropout: float) -> None:
        super().__init__()
        recurrent = {"rnn": nn.RNN, "lstm": nn.LSTM}[kind]
        self.embedding = nn.Embedding(tokens, embedding, padding_idx=PAD)
        self.rnn = recurrent(embedding, hidden, num_layers=LAYERS, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, tokens)

    def forward(self, inputs: Tensor) -> Tensor:
        """[steps, batch] ids to [steps, batch, tokens] logits. Time-major is PyTorch's default layout."""
        states, _ = self.rnn(self.embedding(inputs))
        return self.output(self.dropout(states))


def random_batch(batch: int, steps: int, tokens: int) -> Tuple[Tensor, Tensor]:
    """Inputs and targets, [steps, batch], none of them PAD."""
    ids = torch.randint(1, tokens, (steps + 1, batch))
    return ids[:-1].contiguous(), ids[1:].contiguous()


def blas() -> Optional[str]:
    """The library that multiplies matrices, if it can be detected: a built-in MKL, or a loaded library (on Linux)."""
    if torch.backends.mkl.is_available():
        return "MKL"
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            names = set(re.findall(r"/(lib(?:openblas|blis|atlas|blas)[^/\s]*)$", maps.read(), re.MULTILINE))
    except OSError:
        return None
    # an optimized library is loaded together with a libblas, which forwards to it
    return min(names, key=lambda name: name.startswith("libblas"), default=None)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=["rnn", "lstm"], required=True)
    parser.add_argument("--batch", type=int, required=True, help="rows")
    parser.add_argument("--steps", type=int, required=True, help="through time")
    parser.add_argument("--timed", type=int, default=5, help="training steps timed (5)")
    parser.add_argument("--warm-up", type=int, default=1, help="training steps before them (1)")
    parser.add_argument("--warm-up-steps", type=int, help="their steps through time (as --steps)")
    parser.add_argument("--tokens", type=int, default=10_002, help="vocabulary with PAD and UNK (10,002)")
    parser.add_argument("--embedding", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--clip-norm", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="(all cores)")
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def main() -> None:
    asked = parse_arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    model = Completer(asked.model, asked.tokens, asked.embedding, asked.hidden, asked.dropout).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=asked.learning_rate)
    criterion = nn.CrossEntropyLoss(ignore_index=PAD)

    def step(inputs: Tensor, targets: Tensor) -> float:
        optimiser.zero_grad(set_to_none=True)
        loss = criterion(model(inputs).flatten(0, 1), targets.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), asked.clip_norm)
        optimiser.step()
        return loss.item()

    warm_up = random_batch(asked.batch, asked.warm_up_steps or asked.steps, asked.tokens)
    for _ in range(asked.warm_up):
        step(*warm_up)
    batch = random_batch(asked.batch, asked.steps, asked.tokens)
    seconds: List[float] = []
    for _ in range(asked.timed):
        start = time.perf_counter()
        loss = step(*batch)
        seconds.append(time.perf_counter() - start)
        guess = math.log(asked.tokens)
        if not 0 < loss < guess + 1:
            raise SystemExit(f"the loss of the first steps is {loss}; a guess has {guess:.1f}")
    found = {"version": torch.__version__, "threads": torch.get_num_threads(), "blas": blas(), "seconds": seconds}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
