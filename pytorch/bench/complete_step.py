#!/usr/bin/env python3
"""Time completing with the lab's model in PyTorch, as a peer of `npm run bench -- --only complete`.

    python3 complete_step.py --model lstm --text 900 --timed 100

Prints one JSON line: {"version", "threads", "blas", "read", "seconds"}. `read` is the time to read a text of random tokens.
`seconds` has, for each token typed after it, the time from its id to the five most likely next tokens, while the network's
state is kept. `--help` lists the sizes. Needs PyTorch 1.13 or later, and computes on the CPU.
"""
import argparse
import json
import os
import time
from typing import List

import torch

from train_step import Completer, blas

CANDIDATES = 5


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=["rnn", "lstm"], required=True)
    parser.add_argument("--text", type=int, default=900, help="tokens that are there (900)")
    parser.add_argument("--timed", type=int, default=100, help="tokens typed (100)")
    parser.add_argument("--pause", type=float, default=0, help="milliseconds between two of them (0)")
    parser.add_argument("--tokens", type=int, default=10_002, help="vocabulary with PAD and UNK (10,002)")
    parser.add_argument("--embedding", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="(all cores)")
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def main() -> None:
    asked = parse_arguments()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(asked.seed)
    model = Completer(asked.model, asked.tokens, asked.embedding, asked.hidden, 0.0).eval()
    seconds: List[float] = []
    with torch.no_grad():
        text = torch.randint(1, asked.tokens, (asked.text, 1))
        start = time.perf_counter()
        _, state = model.rnn(model.embedding(text))
        read = time.perf_counter() - start
        for _ in range(asked.timed):
            time.sleep(asked.pause / 1000)
            typed = torch.randint(1, asked.tokens, (1, 1))
            start = time.perf_counter()
            states, state = model.rnn(model.embedding(typed), state)
            found = torch.softmax(model.output(states[-1, 0]), dim=-1).topk(CANDIDATES)
            found.indices.tolist()
            seconds.append(time.perf_counter() - start)
    told = {"version": torch.__version__, "threads": torch.get_num_threads(), "blas": blas(), "read": read}
    print(json.dumps({**told, "seconds": seconds}))


if __name__ == "__main__":
    main()
