"""The networks: an RNN, an LSTM, a GRU, and a residual form of each, in which all layers connect to the output layer."""
import re
from functools import partial
from math import sqrt
from typing import Any, Dict, List

import torch
from torch import Tensor, nn

from .config import CONNECTIONS, MODELS, WEIGHT_TYINGS, Config
from .data import PAD


class Completer(nn.Module):
    """Embedding, recurrent layers with dropout between them, dropout and a linear layer to the vocabulary.

    In a residual model, `connection` joins the outputs of all layers, taken before dropout, into the output layer's input. The layers are
    separate modules, since the states of all are needed. A `state_dict` has the names of the lab's files, which are those of a single
    `nn.RNN`, `nn.LSTM` or `nn.GRU` called `rnn` with all layers: `rnn.weight_ih_l0` to `rnn.bias_hh_l1`.

    With `weight_tying` the output layer and the embedding share one weight, which a `state_dict` has once, as `embedding.weight`. It is
    initialized like an output layer's. `projected` adds a linear layer without a bias before the output layer, so that the states need not
    be as wide as the embedding.
    """

    def __init__(self, model: str, tokens: int, embedding: int, hidden: int, dropout: float = 0.0,
                 activation: str = "tanh", connection: str = "sum", layers: int = 2,
                 weight_tying: str = "none") -> None:
        if model not in MODELS:
            raise ValueError(f"there is no model {model!r}: choose one of {', '.join(MODELS)}")
        if connection not in CONNECTIONS:
            raise ValueError(f"there is no connection {connection!r}: choose one of {', '.join(CONNECTIONS)}")
        if weight_tying not in WEIGHT_TYINGS:
            raise ValueError(f"there is no weight tying {weight_tying!r}: choose one of {', '.join(WEIGHT_TYINGS)}")
        require_network(model, embedding, hidden, layers, connection, weight_tying)
        super().__init__()
        self.connection = connection if model.startswith("residual") else "none"
        width = _joined_width(model, hidden, layers, connection)

        def layer(width: int) -> nn.RNNBase:
            if model.endswith("lstm"):
                return nn.LSTM(width, hidden, batch_first=True)
            if model.endswith("gru"):
                return nn.GRU(width, hidden, batch_first=True)
            return nn.RNN(width, hidden, nonlinearity=activation, batch_first=True)

        self.embedding = nn.Embedding(tokens, embedding, padding_idx=PAD)
        self.layers = nn.ModuleList(layer(hidden if index > 0 else embedding) for index in range(layers))
        self.dropout = nn.Dropout(dropout)
        projects = weight_tying == "projected"
        self.projection = nn.Linear(width, embedding, bias=False) if projects else nn.Identity()
        self.output = nn.Linear(embedding if projects else width, tokens)
        self.tied = weight_tying != "none"
        if self.tied:
            self.embedding.weight = self.output.weight
            with torch.no_grad():
                self.embedding.weight[PAD] = 0
        # since PyTorch 2.5 these two have public names, but the private ones still work
        self._register_state_dict_hook(_to_lab_names)
        self._register_load_state_dict_pre_hook(partial(_from_lab_names, layers, self.tied))

    @staticmethod
    def of(model: str, config: Config, tokens: int) -> "Completer":
        completer = Completer(
            model, tokens, config.embedding, config.hidden, config.dropout, config.activation, config.connection, config.layers,
            config.weight_tying,
        )
        layers = list(completer.layers)
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
        """[rows, steps] ids to the output layer's input, [rows, steps, width]."""
        states: List[Tensor] = []
        below = self.embedding(inputs)
        for layer in self.layers:
            own, _ = layer(self.dropout(states[-1]) if states else below)
            states.append(own)
        return self.projection(self.dropout(self._joined(states)))

    def _joined(self, states: List[Tensor]) -> Tensor:
        """Joins the outputs of the layers, from the first to the last, before dropout."""
        *lower, last = states
        if self.connection == "concatenated":
            return torch.cat(states, dim=-1)
        if self.connection == "sum":
            return sum(lower) + last
        if self.connection == "scaled":
            return (sum(lower) + last) / sqrt(len(states))
        if self.connection == "value":
            return sum(one.detach() for one in lower) + last
        if self.connection == "gradient":
            return last + sum(one - one.detach() for one in lower)
        return last

    def forward(self, inputs: Tensor) -> Tensor:
        """[rows, steps] ids to [rows, steps, tokens] logits of the next tokens."""
        return self.output(self.before_output(inputs))

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())


def require_network(model: str, embedding: int, hidden: int, layers: int, connection: str, weight_tying: str) -> None:
    """Raises a ValueError for an invalid combination. `model` may be the choice `residual`."""
    if layers < 2 and model.startswith("residual"):
        raise ValueError(f"a {model} model of one layer would be its baseline: there is no layer below the last one to connect; "
                         "choose two layers or more, or leave it out")
    width = _joined_width(model, hidden, layers, connection)
    if weight_tying == "tied" and width != embedding:
        raise ValueError(f"the output layer of the {model} model sees {width} values, and the embedding is {embedding} wide: one "
                         f"matrix cannot be both; choose --embedding {width}, or --weight-tying projected")


def _joined_width(model: str, hidden: int, layers: int, connection: str) -> int:
    """The width of the joined outputs of the layers."""
    return hidden * layers if model.startswith("residual") and connection == "concatenated" else hidden


def _to_lab_names(model: nn.Module, state: Dict[str, Tensor], prefix: str, *_: Any) -> None:
    if model.tied:
        del state[prefix + "output.weight"]
    _rename(state, prefix, r"layers\.(\d+)\.(.*)_l0", r"rnn.\2_l\1")


def _from_lab_names(layers: int, tied: bool, state: Dict[str, Tensor], prefix: str, *_: Any) -> None:
    if tied and prefix + "embedding.weight" in state:
        state.setdefault(prefix + "output.weight", state[prefix + "embedding.weight"])
    _rename(state, prefix, rf"rnn\.(.*)_l([0-{layers - 1}])", r"layers.\2.\1_l0")


def _rename(state: Dict[str, Tensor], prefix: str, pattern: str, new: str) -> None:
    """Renames the keys that match the pattern after the prefix; the order stays the same."""
    items = list(state.items())
    state.clear()
    for name, tensor in items:
        match = re.fullmatch(re.escape(prefix) + pattern, name)
        state[prefix + match.expand(new) if match else name] = tensor
