"""The three networks: an RNN, an LSTM, and the residual form of either, which differ only in what reaches the output layer."""
from typing import Any, Dict

import torch
from torch import Tensor, nn

from .config import MODELS, Config
from .data import PAD

LAYERS = 2


class Completer(nn.Module):
    """Embedding, two recurrent layers with dropout between them, dropout and a linear layer to the vocabulary.

    A residual model gives H1 + H2 to the output layer, H1 as layer 1 gave it, before dropout. The layers are modules of
    their own, since both layers' states are needed; a `state_dict` has the names of one two-layer `nn.RNN` or `nn.LSTM`
    called `rnn`, which are those of the lab's files: `rnn.weight_ih_l0` to `rnn.bias_hh_l1`.
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
        # these two have public names from PyTorch 2.5 on, and the old ones still
        self._register_state_dict_hook(_to_lab_names)
        self._register_load_state_dict_pre_hook(_from_lab_names)

    @staticmethod
    def of(model: str, config: Config, tokens: int) -> "Completer":
        completer = Completer(model, tokens, config.embedding, config.hidden, config.dropout, config.activation)
        layers = (completer.layer1, completer.layer2)
        with torch.no_grad():
            if model.endswith("lstm"):
                for layer in layers:
                    layer.bias_ih_l0[config.hidden : 2 * config.hidden] += config.forget_bias
            if config.initialization != "uniform":
                weights = [layer.weight_hh_l0 for layer in layers]
                if config.initialization == "orthogonal-layers":
                    weights += [layer.weight_ih_l0 for layer in layers[1:]]
                for weight in weights:
                    for gate in weight.split(config.hidden):
                        nn.init.orthogonal_(gate)
        return completer

    def before_output(self, inputs: Tensor) -> Tensor:
        """[rows, steps] ids to what the output layer is given, [rows, steps, hidden]."""
        h1, _ = self.layer1(self.embedding(inputs))
        h2, _ = self.layer2(self.dropout(h1))
        return self.dropout(h1 + h2 if self.residual else h2)

    def forward(self, inputs: Tensor) -> Tensor:
        """[rows, steps] ids to [rows, steps, tokens] logits of what comes next."""
        return self.output(self.before_output(inputs))

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def _to_lab_names(_: nn.Module, state: Dict[str, Tensor], prefix: str, *__: Any) -> None:
    for index in range(LAYERS):
        _rename(state, f"{prefix}layer{index + 1}.", "_l0", f"{prefix}rnn.", f"_l{index}")


def _from_lab_names(state: Dict[str, Tensor], prefix: str, *_: Any) -> None:
    for index in range(LAYERS):
        _rename(state, f"{prefix}rnn.", f"_l{index}", f"{prefix}layer{index + 1}.", "_l0")


def _rename(state: Dict[str, Tensor], start: str, end: str, new_start: str, new_end: str) -> None:
    """Names from `start` to `end` become those from `new_start` to `new_end`; the order of all stays."""
    items = list(state.items())
    state.clear()
    for name, tensor in items:
        fits = name.startswith(start) and name.endswith(end)
        state[f"{new_start}{name[len(start) : -len(end)]}{new_end}" if fits else name] = tensor
