"""Write networks that are built and named as in other projects, as safetensors, to test the lab's import of PyTorch's modules.

    python3 make_foreign.py OUT_DIR

Writes CASE.safetensors and, if the lab can read the network, CASE.lab.safetensors with the same values under the lab's names.
"""
import json
import struct
import sys
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

import torch
from torch import Tensor, nn

VOCABULARY, EMBEDDING, HIDDEN = 43, 6, 10
DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.bool: "BOOL"}


def save(path: Path, tensors: Dict[str, Tensor]) -> None:
    """Writes safetensors of any type; the package's own writer only supports float32 and int32."""
    header, blobs, at = {}, [], 0
    for name, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        raw = (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Net(nn.Module):
    def __init__(self, recurrent: Callable[[int, int], nn.Module], embedding: int = EMBEDDING, states: int = HIDDEN,
                 names: Optional[Tuple[str, ...]] = None, tied: bool = False, bias: bool = True) -> None:
        super().__init__()
        self.emb = nn.Embedding(VOCABULARY, embedding)
        if names is None:
            self.rnn = recurrent(embedding, HIDDEN)
        else:
            for index, name in enumerate(names):
                self.add_module(name, recurrent(HIDDEN if index else embedding, HIDDEN))
        if tied and states != embedding:
            self.proj = nn.Linear(states, embedding, bias=False)
            states = embedding
        self.fc = nn.Linear(states, VOCABULARY, bias=bias)
        if tied:
            self.fc.weight = self.emb.weight
        self.register_buffer("num_batches", torch.tensor(3))
        self.register_buffer("mask", torch.ones(3, 3, dtype=torch.bool))


def lab(state: Dict[str, Tensor], names: Optional[Tuple[str, ...]] = None, once: bool = False) -> Dict[str, Tensor]:
    """The weights under the lab's names; missing biases are zeros. With `once`, a shared matrix is included once."""
    weights = {"embedding.weight": state["emb.weight"]}
    layers = len(names) if names is not None else sum(name.startswith("rnn.weight_ih") for name in state)
    for layer in range(layers):
        prefix = "rnn" if names is None else names[layer]
        end = f"_l{layer}" if names is None else "" if f"{prefix}.weight_ih" in state else "_l0"
        for what in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            rows = len(state[f"{prefix}.weight_ih{end}"])
            weights[f"rnn.{what}_l{layer}"] = state.get(f"{prefix}.{what}{end}", torch.zeros(rows))
    if "proj.weight" in state:
        weights["projection.weight"] = state["proj.weight"]
    if not once:
        weights["output.weight"] = state["fc.weight"]
    weights["output.bias"] = state.get("fc.bias", torch.zeros(VOCABULARY))
    return {name: tensor.float() for name, tensor in weights.items()}


def main(out: Path) -> None:
    torch.manual_seed(1)
    out.mkdir(parents=True, exist_ok=True)

    def of(kind: type, **options: object) -> Callable[[int, int], nn.Module]:
        return lambda width, hidden: kind(width, hidden, **options)

    def readable(case: str, net: nn.Module, names: Optional[Tuple[str, ...]] = None, without: str = "") -> None:
        state = net.state_dict()
        save(out / f"{case}.lab.safetensors", lab(state, names, without != ""))
        save(out / f"{case}.safetensors", {name: tensor for name, tensor in state.items() if name != without})

    two = of(nn.LSTM, num_layers=2)
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        readable(f"lstm-{DTYPES[dtype]}", Net(two).to(dtype))
    readable("rnn", Net(of(nn.RNN, num_layers=2)))
    readable("gru", Net(of(nn.GRU, num_layers=2)))
    readable("no-biases", Net(of(nn.LSTM, num_layers=2, bias=False), bias=False))
    readable("tied", Net(two, embedding=HIDDEN, tied=True))
    readable("tied-once", Net(two, embedding=HIDDEN, tied=True), without="fc.weight")
    readable("tied-output", Net(two, embedding=HIDDEN, tied=True, bias=False), without="emb.weight")
    readable("tied-projected", Net(two, tied=True), without="fc.weight")
    readable("one-layer", Net(of(nn.LSTM)))
    readable("three-layers", Net(of(nn.RNN, num_layers=3)))
    readable("four-modules", Net(of(nn.GRU), names=("gru1", "gru2", "gru3", "gru4")), ("gru1", "gru2", "gru3", "gru4"))
    readable("numbers", Net(of(nn.LSTM), embedding=HIDDEN, names=("lstm1", "lstm2")), ("lstm1", "lstm2"))
    readable("sizes", Net(of(nn.LSTM), names=("b", "a")), ("b", "a"))
    readable("cells", Net(of(nn.LSTMCell), embedding=HIDDEN, names=("cell0", "cell1")), ("cell0", "cell1"))
    readable("asked", Net(of(nn.LSTM), embedding=HIDDEN, names=("encoder", "decoder")), ("encoder", "decoder"))
    for case, recurrent, states in (
        ("bidirectional", of(nn.LSTM, num_layers=2, bidirectional=True), 2 * HIDDEN),
        ("five-layers", of(nn.RNN, num_layers=5), HIDDEN),
        ("projection", of(nn.LSTM, num_layers=2, proj_size=4), 4),
    ):
        save(out / f"{case}.safetensors", Net(recurrent, states=states).state_dict())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
