"""The three networks: an RNN, an LSTM, and the residual form of either, which differ only in what reaches the output layer."""
from typing import Dict, Mapping, Tuple

import torch
from torch import Tensor, nn

from .config import MODELS, Config
from .data import PAD

LAYERS = 2


class Completer(nn.Module):
    """Embedding, two recurrent layers with dropout between them, dropout and a linear layer to the vocabulary.

    A residual model gives H1 + H2 to the output layer, H1 as layer 1 gave it, before dropout. The layers are modules of their own,
    since both layers' states are needed; `lab_state` and `load_lab_state` use the names of one two-layer `nn.RNN` or `nn.LSTM`.
    """

    def __init__(self, model: str, tokens: int, embedding: int, hidden: int, dropout: float = 0.0,
                 activation: str = "tanh") -> None:
        if model not in MODELS:
            raise ValueError(f"there is no model {model!r}: choose one of {', '.join(MODELS)}")
        super().__init__()
        self.residual = model.startswith("residual")

        def layer(width: int) -> nn.RNNBase:
            if model.endswith("lstm"):
                return nn.LSTM(width, hidden, batch_first=True)
            return nn.RNN(width, hidden, nonlinearity=activation, batch_first=True)

        self.embedding = nn.Embedding(tokens, embedding, padding_idx=PAD)
        self.layer1 = layer(embedding)
        self.layer2 = layer(hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, tokens)

    @staticmethod
    def of(model: str, config: Config, tokens: int) -> "Completer":
        return Completer(model, tokens, config.embedding, config.hidden, config.dropout, config.activation)

    def states(self, inputs: Tensor) -> Tuple[Tensor, Tensor]:
        """[rows, steps] ids to the states of both layers, [rows, steps, hidden]."""
        h1, _ = self.layer1(self.embedding(inputs))
        h2, _ = self.layer2(self.dropout(h1))
        return h1, h2

    def forward(self, inputs: Tensor) -> Tensor:
        """[rows, steps] ids to [rows, steps, tokens] logits of what comes next."""
        h1, h2 = self.states(inputs)
        return self.output(self.dropout(h1 + h2 if self.residual else h2))

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def lab_state(self) -> Dict[str, Tensor]:
        """Weights under the lab's names, float32 on the processor."""
        return {_lab_name(name): tensor.detach().to("cpu", torch.float32) for name, tensor in self.state_dict().items()}

    def load_lab_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Raises a RuntimeError that names what is missing or of another shape."""
        own = {_lab_name(name): name for name in self.state_dict()}
        self.load_state_dict({own.get(name, name): tensor for name, tensor in tensors.items()})


def _lab_name(name: str) -> str:
    """`layer2.weight_ih_l0` is `rnn.weight_ih_l1`."""
    for index in range(LAYERS):
        prefix = f"layer{index + 1}."
        if name.startswith(prefix):
            return f"rnn.{name[len(prefix):].replace('_l0', f'_l{index}')}"
    return name
