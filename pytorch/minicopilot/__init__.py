"""Minicopilot Lab's models in PyTorch: the same data, protocol, measures and file formats."""
from .config import Config, preset
from .data import Dataset, Rows, loader
from .models import Completer
from .weights import load_model, save_model

__all__ = ["Completer", "Config", "Dataset", "Rows", "load_model", "loader", "preset", "save_model"]
