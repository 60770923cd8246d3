"""Train the lab's models with PyTorch, on one process or many.

    python -m minicopilot.train --dataset python-stdlib --models rnn,lstm,residual --out results
    torchrun --standalone --nproc_per_node 4 -m minicopilot.train --dataset python-stdlib --out results

Writes metrics.json and, for each model, the weights of its best epoch. To import them into the lab, choose them together under
"Import" on the Compare page. With --experiment each combination has a folder of its own; what a folder has whole is not trained again.
Import the metrics.json of all folders together: seeds of one configuration are one row. `residual` uses the cell of the better baseline by validation loss, so it needs a baseline in the list.
"""
import argparse
import dataclasses
import json
import math
from pathlib import Path
from typing import Any, Dict, List, Optional

from . import config as configs
from . import experiment as experiments
from .config import BASELINES, MODELS, Config
from .data import DataError, Dataset
from .experiment import combinations
from .metrics import read_metrics, write_metrics
from .models import require_network
from .processes import Processes, together
from .trainer import NotFinite, Run, Trainer
from .weights import save_model


DEFAULT_MODELS = ("rnn", "lstm", "residual")


def parse_arguments(words: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="minicopilot.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", required=True, help="folder of a data set, with manifest.json and its shards")
    models = f"of {', '.join(MODELS)} and residual, comma-separated ({','.join(DEFAULT_MODELS)})"
    parser.add_argument("--models", help=models)
    words_of_file = "experiment.json of the lab or of npm run train: trains every combination; the options below override it"
    parser.add_argument("--experiment", help=words_of_file)
    presets = "task is full size, quick gives results in minutes, tiny is for tests (task)"
    parser.add_argument("--preset", choices=configs.PRESETS, help=presets)
    parser.add_argument("--config", help="JSON file with settings, such as a metrics.json; the options below override it")
    for setting in configs.settings():
        kind = int if setting.default is None else type(setting.default)
        choices = setting.metadata.get("choices")
        flag = f"--{setting.name.replace('_', '-')}"
        parser.add_argument(flag, type=kind, choices=choices, help=f"{setting.metadata['words']} (the preset's)")
    devices = "auto uses a GPU if there is one (%(default)s)"
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help=devices)
    parser.add_argument("--out", default="results", help="folder for metrics.json and weights (results)")
    padding = "pad every batch to the full length instead of its longest row: same results, slower"
    parser.add_argument("--pad-to-length", action="store_true", help=padding)
    steps = "only run this many training steps of the first model, without evaluation (for checks)"
    parser.add_argument("--steps", type=int, help=steps)
    parser.add_argument("--losses", help="with --steps: JSON file for the loss before each step")
    asked = parser.parse_args(words)
    if asked.losses is not None and asked.steps is None:
        parser.error("--losses goes with --steps")
    if asked.experiment is not None and (asked.config is not None or asked.steps is not None):
        parser.error("--experiment goes neither with --config nor with --steps")
    try:
        asked.planned = None if asked.experiment is None else experiments.load(asked.experiment)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    if asked.models is not None:
        asked.models = asked.models.split(",")
    else:
        asked.models = list(DEFAULT_MODELS) if asked.planned is None else asked.planned.models
    unknown = [model for model in asked.models if model not in experiments.MODEL_CHOICES]
    if unknown:
        parser.error(f"there is no model {unknown[0]!r}: choose of {', '.join(MODELS)} and residual")
    if "residual" in asked.models and not set(BASELINES) & set(asked.models):
        parser.error(f"residual takes the better baseline: name {' or '.join(BASELINES)} too, or residual-lstm by name")
    if asked.planned is not None:
        for setting in configs.settings():
            if getattr(asked, setting.name) is not None and configs.camel(setting.name) in asked.planned.sweep:
                parser.error(f"--{setting.name.replace('_', '-')} has several values in the experiment, and one here")
    return asked


def configure(asked: argparse.Namespace, dataset: Dataset, told: Dict[str, Any]) -> Config:
    """The configuration: the preset, overridden by the file's settings, then by the flags."""
    base = configs.preset(asked.preset or told.get("preset", "task"), dataset.files("train"))
    merged = Config.from_json({**base.as_json(), **told, "preset": base.preset})
    flags = {setting.name: getattr(asked, setting.name) for setting in configs.settings()}
    return dataclasses.replace(merged, **{name: value for name, value in flags.items() if value is not None})


def train_combinations(asked: argparse.Namespace, dataset: Dataset, processes: Processes) -> None:
    """Trains each combination in its own folder. Skips those that an earlier call finished."""
    if asked.planned.dataset != dataset.id:
        raise ValueError(f"the experiment is of the data set {asked.planned.dataset}, and {asked.dataset} holds {dataset.id}")
    planned = [
        (combination.name, configure(asked, dataset, {"preset": asked.planned.preset, **combination.settings}))
        for combination in combinations(asked.planned)
    ]
    for _, config in planned:
        require_networks(asked.models, config)
    for index, (name, config) in enumerate(planned):
        out = Path(asked.out) / name
        done = processes.as_the_first(processes.first and _is_done(out, asked.models, config, dataset))
        if processes.first and name:
            print(f"{name} ({index + 1} of {len(planned)}){': done before' if done else ''}", flush=True)
        if not done:
            train_all(asked, config, dataset, processes, out)


def _is_done(out: Path, models: List[str], config: Config, dataset: Dataset) -> bool:
    try:
        metrics = read_metrics(out / "metrics.json")
    except (OSError, ValueError):
        return False
    if metrics["config"] != config.as_json() or metrics["dataset"]["sha256"] != dataset.sha256:
        return False
    tested = [run["name"] for run in metrics["models"] if run["test"] is not None]
    return all(model in tested or (model == "residual" and any(name.startswith("residual-") for name in tested)) for model in models)


def require_networks(models: List[str], config: Config) -> None:
    for model in models:
        require_network(model, config.embedding, config.hidden, config.layers, config.connection, config.weight_tying)


def train_all(asked: argparse.Namespace, config: Config, dataset: Dataset, processes: Processes, out: Path) -> None:
    """Trains the models one by one, baselines first. After each epoch the first process writes the weights, then the metrics, so that
    after an interruption the metrics never name weights that were not written."""
    require_networks(asked.models, config)
    out.mkdir(parents=True, exist_ok=True)
    runs: List[Run] = []
    for choice in sorted(asked.models, key=lambda model: model.startswith("residual")):
        name = f"residual-{_better(runs)}" if choice == "residual" else choice
        if any(run["name"] == name for run in runs):
            continue
        trainer = Trainer(name, config, dataset, processes, asked.pad_to_length)
        runs.append(trainer.run)

        def tell(run: Run) -> None:
            if not processes.first:
                return
            if run["bestEpoch"] == len(run["epochs"]) and run["test"] is None:
                save_model(out / f"{run['name']}.safetensors", trainer.model, run["name"], config, dataset)
            if run["test"] is not None and "cache" in run:
                # written again, since the best weights are loaded now and the settings of their cache are known
                settings = run["cache"]["parameters"]
                save_model(out / f"{run['name']}.safetensors", trainer.model, run["name"], config, dataset, settings)
            _write_metrics(out, runs, config, dataset, processes)
            _speak(run)

        if processes.first:
            size = f"{trainer.run['parameters']:,} parameters"
            print(f"{name}: {size}, at most {config.epochs} epochs; {processes.name()}", flush=True)
        trainer.train(tell)


def _better(runs: List[Run]) -> str:
    baselines = [run for run in runs if run["name"] in BASELINES and run["bestEpoch"] is not None]
    if not baselines:
        raise ValueError("no baseline has a validation loss, so none is better: name residual-lstm or another one")
    return min(baselines, key=lambda run: run["epochs"][run["bestEpoch"] - 1]["validation"]["loss"])["name"]


def _speak(run: Run) -> None:
    measured, words = run["test"], "test"
    if measured is None:
        epoch = run["epochs"][-1]
        measured, words = epoch["validation"], f"epoch {epoch['epoch']}, {epoch['tokensPerSecond']:,.0f} tokens/s, validation"
    print(
        f"{run['name']}: {words}: loss {measured['loss']:.4f}, perplexity {measured['perplexity']:.2f}, "
        f"top-5 {measured['top5']:.1%}, known {measured['top5Known']:.1%}"
        + ("" if math.isnan(measured["cacheTop5Known"]) else f", with a cache {measured['cacheTop5Known']:.1%}"),
        flush=True,
    )


def _write_metrics(out: Path, runs: List[Run], config: Config, dataset: Dataset, processes: Processes) -> None:
    metrics = {
        "schema": 1,
        "dataset": {"id": dataset.id, "sha256": dataset.sha256},
        "device": {"kind": "torch", "name": processes.name()},
        "config": config.as_json(),
        "models": runs,
    }
    write_metrics(out / "metrics.json", metrics)


def main(words: Optional[List[str]] = None) -> None:
    asked = parse_arguments(words)
    try:
        with together(asked.device) as processes:
            dataset = Dataset(asked.dataset)
            if asked.planned is not None:
                train_combinations(asked, dataset, processes)
                return
            config = configure(asked, dataset, configs.load(asked.config) if asked.config else {})
            if asked.steps is None:
                train_all(asked, config, dataset, processes, Path(asked.out))
                return
            losses = Trainer(asked.models[0], config, dataset, processes, asked.pad_to_length).losses(asked.steps)
            if processes.first:
                text = json.dumps(losses)
                print(text) if asked.losses is None else Path(asked.losses).write_text(text, encoding="utf-8")
    except (DataError, NotFinite, ValueError, OSError) as error:
        raise SystemExit(f"minicopilot: {error}")
    except KeyboardInterrupt:
        raise SystemExit("\nminicopilot: stopped; finished epochs and their best weights are written")


if __name__ == "__main__":
    main()
