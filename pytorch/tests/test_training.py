"""Complete trainings of a toy model from the command line, in one process and with torchrun."""
import contextlib
import io
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

from minicopilot.data import Dataset, loader
from minicopilot.loss import Scored
from minicopilot.measures import MeasureSum
from minicopilot.metrics import METRICS, read_metrics
from minicopilot.train import main, parse_arguments
from minicopilot.trainer import Trainer
from minicopilot.weights import load_model

from tests.fixture import write_dataset

PACKAGE = Path(__file__).parents[1]
TOY = ["--preset", "tiny", "--device", "cpu", "--embedding", "8", "--hidden", "12", "--batch", "5"]
MEASURES = {*METRICS, "counted", "unknown"}


class TrainingTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)
        self.dataset = str(write_dataset(self.folder / "small"))

    def train(self, *words):
        out = self.folder / "results"
        with contextlib.redirect_stdout(io.StringIO()) as told:
            main(["--dataset", self.dataset, *TOY, "--out", str(out), *words])
        self.assertIn("validation: loss", told.getvalue())
        return json.loads((out / "metrics.json").read_text()), out

    def test_measures_and_weights_in_the_labs_formats(self):
        metrics, out = self.train("--models", "residual,rnn,lstm", "--epochs", "2", "--learning-rate", "0.01")
        self.assertEqual(metrics["schema"], 1)
        self.assertEqual(metrics["dataset"], {"id": "small", "sha256": "ab" * 32})
        self.assertEqual(metrics["device"]["kind"], "torch")
        self.assertEqual((metrics["config"]["learningRate"], metrics["config"]["epochs"]), (0.01, 2))
        names = [model["name"] for model in metrics["models"]]
        best = {m["name"]: m["epochs"][m["bestEpoch"] - 1]["validation"]["loss"] for m in metrics["models"]}
        self.assertEqual(names, ["rnn", "lstm", "residual-rnn" if best["rnn"] < best["lstm"] else "residual-lstm"])
        for model in metrics["models"]:
            self.assertEqual(len(model["epochs"]), 2)
            for part in (model["test"], model["epochs"][0]["train"], model["epochs"][1]["validation"]):
                self.assertEqual(set(part), MEASURES)
            loaded, told = load_model(out / f"{model['name']}.safetensors")
            self.assertEqual(told["config"]["model"], model["name"])
            self.assertEqual(loaded.parameter_count(), model["parameters"])

    def test_batches_added_up_take_the_steps_of_a_wider_one(self):
        losses = []
        for words in (["--batch", "6"], ["--batch", "2", "--accumulate", "3"]):
            path = self.folder / "losses.json"
            main(["--dataset", self.dataset, *TOY, "--models", "lstm", "--dropout", "0", "--steps", "8", "--losses", str(path), *words])
            losses.append(torch.tensor(json.loads(path.read_text())))
        torch.testing.assert_close(losses[0], losses[1], rtol=1e-5, atol=1e-6)

    def test_a_schedule_ends_near_a_rate_of_0(self):
        words = ["--models", "rnn", "--epochs", "3", "--patience", "3"]
        for schedule, at_the_end in (("constant", False), ("linear", True), ("cosine", True), ("one-cycle", True)):
            with mock.patch.object(Trainer, "_step", autospec=True, side_effect=Trainer._step) as step:
                metrics, _ = self.train(*words, "--schedule", schedule, "--warmup", "0.2")
            self.assertEqual((metrics["config"]["schedule"], metrics["config"]["warmup"]), (schedule, 0.2))
            rate = step.call_args.args[0]._optimiser.param_groups[0]["lr"]
            self.assertEqual(rate < 0.1 * metrics["config"]["learningRate"], at_the_end, schedule)

    def test_padding_to_the_full_length_gives_the_same_figures(self):
        losses = []
        for padding in ([], ["--pad-to-length"]):
            path = self.folder / f"losses{len(padding)}.json"
            main(["--dataset", self.dataset, *TOY, "--models", "residual-lstm", "--dropout", "0", "--steps", "6", "--losses", str(path), *padding])
            losses.append(torch.tensor(json.loads(path.read_text())))
        self.assertEqual(len(losses[0]), 6)
        torch.testing.assert_close(losses[0], losses[1], rtol=1e-5, atol=1e-6)

    def test_it_learns_stops_early_and_keeps_the_best(self):
        metrics, out = self.train("--models", "lstm", "--epochs", "60", "--learning-rate", "0.05", "--patience", "2")
        (model,) = metrics["models"]
        losses = [epoch["validation"]["loss"] for epoch in model["epochs"]]
        self.assertLess(min(losses), losses[0] / 2)
        self.assertEqual(losses[model["bestEpoch"] - 1], min(losses))
        self.assertTrue(len(losses) == 60 or len(losses) == model["bestEpoch"] + 2)

    def test_a_model_that_never_has_a_finite_validation_loss_keeps_its_epochs_and_says_so(self):
        out = self.folder / "results"
        never = {"loss": math.nan, "perplexity": math.inf, **dict.fromkeys(MEASURES - {"loss", "perplexity"}, 0)}
        with mock.patch.object(Trainer, "measure", return_value=never), contextlib.redirect_stdout(io.StringIO()):
            with self.assertRaisesRegex(SystemExit, "no epoch had a validation loss that is a finite number: lower the rate"):
                main(["--dataset", self.dataset, *TOY, "--out", str(out), "--models", "rnn", "--epochs", "2"])
        (model,) = read_metrics(out / "metrics.json")["models"]
        self.assertEqual((len(model["epochs"]), model["bestEpoch"], model["test"]), (2, None, None))
        self.assertEqual(model["epochs"][0]["validation"]["perplexity"], math.inf)
        self.assertTrue(math.isnan(model["epochs"][0]["validation"]["loss"]))

    def test_the_same_seed_gives_the_same_run(self):
        (first, _), (second, _) = (self.train("--models", "rnn", "--epochs", "2") for _ in range(2))
        for run in (first, second):
            for epoch in run["models"][0]["epochs"]:
                del epoch["seconds"], epoch["tokensPerSecond"]
        self.assertEqual(first, second)

    def launch(self, processes, *words):
        # PyTorch before 2.0 fails on its own defaults of the last two options under Python 3.11
        several = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", str(processes), "--redirects", "9:1",
                   "--tee", "9:1"]
        # with 25 rows, the last batch of an epoch has one row, which leaves none for the second process
        dataset = str(write_dataset(self.folder / "odd", 25))
        call = [sys.executable, *(several if processes > 1 else []), "-m", "minicopilot.train", "--dataset", dataset, *TOY,
                "--batch", "3", "--dropout", "0", "--models", "residual-lstm", *words]
        env = {**os.environ, "PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1"}
        subprocess.run(call, env=env, check=True, capture_output=True, timeout=120)

    def test_two_processes_take_the_steps_of_one(self):
        losses = []
        for processes in (1, 2):
            path = self.folder / "losses.json"
            self.launch(processes, "--steps", "20", "--losses", str(path))
            losses.append(torch.tensor(json.loads(path.read_text())))
        self.assertEqual(len(losses[0]), 20)
        torch.testing.assert_close(losses[1], losses[0], rtol=1e-5, atol=0)

    def test_two_processes_measure_what_one_does(self):
        measured = []
        for processes in (1, 2):
            out = self.folder / f"results{processes}"
            self.launch(processes, "--epochs", "2", "--out", str(out))
            (model,) = json.loads((out / "metrics.json").read_text())["models"]
            measured.append([model["test"], *(epoch[part] for epoch in model["epochs"] for part in ("train", "validation"))])
        for own, theirs in zip(*measured):
            self.assertEqual((own["counted"], own["unknown"]), (theirs["counted"], theirs["unknown"]))
            self.assertAlmostEqual(own["loss"], theirs["loss"], delta=1e-5 * own["loss"])

    def test_an_interruption_leaves_files_that_fit(self):
        out = self.folder / "results"
        call = [sys.executable, "-m", "minicopilot.train", "--dataset", self.dataset, *TOY, "--models", "rnn",
                "--epochs", "1000", "--patience", "1000", "--out", str(out)]
        env = {**os.environ, "PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(call, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as training:
            told = [training.stdout.readline() for _ in range(3)]
            training.send_signal(signal.SIGINT)
            _, complaint = training.communicate(timeout=60)
        self.assertIn("parameters", told[0])
        self.assertIn("rnn: epoch 2", told[2])
        self.assertEqual(complaint.strip(), "minicopilot: stopped; finished epochs and their best weights are written")
        self.assertEqual(training.returncode, 1)
        (model,) = json.loads((out / "metrics.json").read_text())["models"]
        self.assertGreaterEqual(len(model["epochs"]), 2)
        self.assertIsNone(model["test"])
        load_model(out / "rnn.safetensors")
        self.assertEqual(list(out.glob("*.part")), [])

    def test_weights_are_those_of_the_best_epoch(self):
        # at this rate the loss rises after a few epochs
        metrics, out = self.train("--models", "rnn", "--epochs", "30", "--learning-rate", "0.3", "--patience", "4")
        (model,) = metrics["models"]
        self.assertLess(model["bestEpoch"], len(model["epochs"]))
        dataset, (best, _) = Dataset(self.dataset), load_model(out / "rnn.safetensors")
        scored = Scored(best)
        validation = model["epochs"][model["bestEpoch"] - 1]["validation"]
        for split, expected in (("validation", validation), ("test", model["test"])):
            total = MeasureSum(dataset.silent())
            with torch.no_grad():
                for inputs, targets in loader(dataset.rows(split, 64, 200), 5):
                    total.add(*scored(inputs, targets)[1:])
            own = {name: None if math.isnan(value) else value for name, value in total.measures().items()}
            self.assertEqual(own, expected)

    def test_an_experiment_is_trained_combination_by_combination_and_goes_on(self):
        path = self.folder / "experiment.json"
        experiment = {
            "schema": 1, "dataset": "small", "preset": "tiny", "models": ["rnn"],
            "settings": {"epochs": 1, "hidden": 12}, "sweep": {"seed": [1, 2], "learningRate": [0.01, 0.00002]},
        }
        path.write_text(json.dumps(experiment))
        out = self.folder / "results"

        def train(*words):
            with contextlib.redirect_stdout(io.StringIO()) as told:
                main(["--dataset", self.dataset, "--device", "cpu", "--experiment", str(path), "--out", str(out), *words])
            return told.getvalue()

        said = train()
        self.assertNotIn("done before", said)
        names = [f"learning-rate-{rate}-seed-{seed}" for rate in ("0.01", "0.00002") for seed in (1, 2)]
        self.assertEqual(sorted(folder.name for folder in out.iterdir()), sorted(names))
        for name in names:
            config = json.loads((out / name / "metrics.json").read_text())["config"]
            self.assertEqual(name, f"learning-rate-{config['learningRate']:.5f}".rstrip("0") + f"-seed-{config['seed']}")
            self.assertEqual((config["preset"], config["hidden"], config["epochs"]), ("tiny", 12, 1))
        (out / names[1] / "metrics.json").unlink()
        self.assertEqual(train().count("done before"), 3)
        self.assertTrue((out / names[1] / "metrics.json").exists())
        self.assertEqual(train("--hidden", "10").count("done before"), 0)

    def test_an_experiment_that_is_none_is_refused(self):
        path = self.folder / "experiment.json"
        good = {"schema": 1, "dataset": "small", "preset": "tiny", "models": ["rnn"], "settings": {}, "sweep": {}}
        for change, why in (
            ({"schema": 2}, "not an experiment of version 1"),
            ({"halving": {}}, "asks for halving"),
            ({"models": ["transformer"]}, "models must be"),
            ({"sweep": {"rate": [1]}}, "no setting 'rate'"),
            ({"sweep": {"seed": []}}, "list of values"),
            ({"dataset": "other"}, "holds small"),
            ({"settings": {"hidden": 0}}, "hidden is 0"),
        ):
            path.write_text(json.dumps({**good, **change}))
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()) as told:
                try:
                    main(["--dataset", self.dataset, "--device", "cpu", "--experiment", str(path), "--out", str(self.folder / "x")])
                except SystemExit as end:
                    self.assertIn(why, told.getvalue() + str(end.code))
                    raise

    def test_a_residual_model_is_trained_once(self):
        metrics, _ = self.train("--models", "rnn,residual,residual-rnn,rnn", "--epochs", "1")
        self.assertEqual([model["name"] for model in metrics["models"]], ["rnn", "residual-rnn"])

    def test_what_cannot_be_is_said(self):
        with self.assertRaisesRegex(SystemExit, "holds no manifest.json"):
            main(["--dataset", str(self.folder)])
        with self.assertRaisesRegex(SystemExit, "of one layer would be its baseline"):
            main(["--dataset", self.dataset, *TOY, "--layers", "1", "--models", "rnn,residual"])
        with self.assertRaisesRegex(SystemExit, "one matrix cannot be both; choose --embedding 24, or --weight-tying projected"):
            main(["--dataset", self.dataset, *TOY, "--weight-tying", "tied", "--models", "rnn", "--embedding", "16", "--hidden", "24"])
        with self.assertRaisesRegex(SystemExit, "batch is 0"):
            main(["--dataset", self.dataset, *TOY, "--batch", "0"])
        manifest = json.loads(Path(self.dataset, "manifest.json").read_text())
        manifest["splits"]["train"] = {**manifest["splits"]["train"], "rows": 0, "shards": []}
        Path(self.dataset, "manifest.json").write_text(json.dumps(manifest))
        with self.assertRaisesRegex(SystemExit, "no training rows"), contextlib.redirect_stdout(io.StringIO()):
            main(["--dataset", self.dataset, *TOY, "--out", str(self.folder / "results")])
        for models in ("transformer", "residual"):
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                parse_arguments(["--dataset", "x", "--models", models])


if __name__ == "__main__":
    unittest.main()
