"""Data sets and weights in the lab's formats, valid and damaged."""
import json
import math
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from minicopilot.config import Config, load, preset
from minicopilot.data import DataError, Dataset, LengthBatches, Rows, collate, loader
from minicopilot.loss import Scored
from minicopilot.metrics import read_metrics, write_metrics
from minicopilot.models import Completer
from minicopilot.weights import WeightsError, load_model, read_safetensors, save_model, write_safetensors

from tests.fixture import LENGTH, TOKENS, write_dataset


class FolderTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)


class DatasetTest(FolderTest):
    def test_rows_are_cut_and_read_with_a_smaller_vocabulary(self):
        dataset = Dataset(write_dataset(self.folder))
        rows = dataset.rows("train", 10, 5, limit=7)
        self.assertEqual(len(rows), 7)
        self.assertLessEqual(max(rows.lengths), 10)
        self.assertTrue(all(int(row.max()) < 7 and int(row.min()) > 0 for row in rows))
        self.assertEqual(dataset.silent(), [2, 3, 4])

    def test_batches_come_once_each_and_are_shared_out(self):
        rows = Dataset(write_dataset(self.folder)).rows("train", LENGTH, 100)
        alone = LengthBatches(rows.lengths, 5, seed=3)
        whole = list(alone)
        self.assertEqual(sorted(row for batch in whole for row in batch), list(range(24)))
        self.assertEqual(len(whole), len(alone))
        shares = [list(LengthBatches(rows.lengths, 5, 3, rank, 2)) for rank in range(2)]
        self.assertEqual([sorted(a + b) for a, b in zip(*shares)], [sorted(batch) for batch in whole])
        alone.epoch = 2
        self.assertNotEqual(list(alone), whole)

    def test_an_empty_row_and_pad_within_a_row(self):
        rows = Rows(np.array([[0, 0, 0], [2, 0, 9], [2, 3, 0]], np.uint16), 4)
        self.assertEqual(rows.lengths, [0, 3, 2])
        self.assertEqual([row.tolist() for row in (rows[0], rows[1], rows[2])], [[], [2, 0, 1], [2, 3]])

    def test_collate_shifts_targets_and_pads_to_the_longest(self):
        inputs, targets = collate([torch.tensor([2, 3, 4]), torch.tensor([5])])
        self.assertEqual(inputs.tolist(), [[2, 3], [5, 0]])
        self.assertEqual(targets.tolist(), [[3, 4], [0, 0]])
        self.assertEqual([part.tolist() for part in collate([])], [[[0]], [[0]]])

    def test_batches_can_be_padded_to_the_full_length(self):
        inputs, targets = collate([torch.tensor([2, 3, 4]), torch.tensor([5])], pad_to_length=6)
        self.assertEqual(inputs.tolist(), [[2, 3, 4, 0, 0], [5, 0, 0, 0, 0]])
        self.assertEqual(targets.tolist(), [[3, 4, 0, 0, 0], [0, 0, 0, 0, 0]])
        # a longer row is never cut
        self.assertEqual(collate([torch.tensor([2, 3, 4])], pad_to_length=2)[0].shape, (1, 2))
        rows = Dataset(write_dataset(self.folder)).rows("train", LENGTH, 100)
        self.assertEqual({x.shape[1] for x, _ in loader(rows, 4, seed=1, pad_to_length=LENGTH)}, {LENGTH - 1})
        self.assertEqual({x.shape[1] for x, _ in loader(rows, 4, pad_to_length=LENGTH)}, {LENGTH - 1})

    def test_measuring_reads_every_row(self):
        rows = Dataset(write_dataset(self.folder)).rows("validation", LENGTH, 100)
        self.assertEqual(sum(int((y != 0).sum()) for _, y in loader(rows, 4)), sum(n - 1 for n in rows.lengths))

    def test_damage_is_named(self):
        write_dataset(self.folder)
        shard = self.folder / "train-001.bin"
        raw = bytearray(shard.read_bytes())
        raw[5] ^= 1
        shard.write_bytes(raw)
        with self.assertRaisesRegex(DataError, "train-001.bin is damaged"):
            Dataset(self.folder).rows("train", LENGTH, 100)
        shard.unlink()
        with self.assertRaisesRegex(DataError, "train-001.bin is missing"):
            Dataset(self.folder).rows("train", LENGTH, 100)
        with self.assertRaisesRegex(DataError, "has no dev split"):
            Dataset(self.folder).rows("dev", LENGTH, 100)
        manifest = json.loads((self.folder / "manifest.json").read_text())
        manifest["splits"]["test"]["rows"] += 1
        (self.folder / "manifest.json").write_text(json.dumps(manifest))
        with self.assertRaisesRegex(DataError, "contradicts itself about the test rows"):
            Dataset(self.folder)
        for text, words in (("[]", "not a data set"), ("{", "not JSON"), ('{"schema": 1, "id": "x"}', "lacks 'sha256'")):
            (self.folder / "manifest.json").write_text(text)
            with self.assertRaisesRegex(DataError, words):
                Dataset(self.folder)
        (self.folder / "manifest.json").write_text('{"schema": 2}')
        with self.assertRaisesRegex(DataError, "format version 2"):
            Dataset(self.folder)
        with self.assertRaisesRegex(DataError, "holds no manifest.json"):
            Dataset(self.folder / "elsewhere")


class WeightsTest(FolderTest):
    def test_a_model_comes_back_as_it_went(self):
        dataset = Dataset(write_dataset(self.folder))
        config = Config(vocabulary=12, embedding=3, hidden=5, activation="relu")
        path = self.folder / "residual-rnn.safetensors"
        model = Completer.of("residual-rnn", config, 14)
        save_model(path, model, "residual-rnn", config, dataset)
        read, told = load_model(path)
        self.assertEqual(told["config"], {"model": "residual-rnn", **config.as_json()})
        self.assertEqual(told["vocabulary"], TOKENS[:12])
        self.assertEqual(told["dataset"], {"id": "small", "sha256": "ab" * 32, "rules": "codexglue-2021", "reading": "bytes"})
        ids = torch.randint(1, 14, (2, 9))
        torch.testing.assert_close(read(ids), model.eval()(ids), rtol=0, atol=0)
        self.assertFalse(list(self.folder.glob("*.part")))

    def test_the_forget_bias_is_added_to_forget_gates_alone(self):
        torch.manual_seed(1)
        plain = Completer.of("lstm", Config(embedding=3, hidden=5), 14).state_dict()
        torch.manual_seed(1)
        biased = Completer.of("lstm", Config(embedding=3, hidden=5, forget_bias=1.5), 14).state_dict()
        gates = torch.tensor([0.0, 1.5, 0.0, 0.0]).repeat_interleave(5)
        for name, values in plain.items():
            added = gates if name.startswith("rnn.bias_ih") else torch.zeros(())
            torch.testing.assert_close(biased[name], values + added, rtol=0, atol=0)

    def test_orthogonal_recurrent_weights_are_so_gate_by_gate(self):
        for model, gates in (("rnn", 1), ("residual-lstm", 4)):
            weights = Completer.of(model, Config(embedding=3, hidden=5, initialization="orthogonal"), 14).state_dict()
            for index in (0, 1):
                blocks = weights[f"rnn.weight_hh_l{index}"].split(5)
                self.assertEqual(len(blocks), gates)
                for block in blocks:
                    torch.testing.assert_close(block @ block.T, torch.eye(5), rtol=0, atol=1e-6)

    def test_initial_weights_are_orthogonal_where_asked_for(self):
        orthogonal = {"uniform": [], "orthogonal": ["weight_hh_l0", "weight_hh_l1"],
                      "orthogonal-layers": ["weight_hh_l0", "weight_hh_l1", "weight_ih_l1"]}
        for initialization, names in orthogonal.items():
            state = Completer.of("lstm", Config(embedding=3, hidden=5, initialization=initialization), 14).state_dict()
            for name in ("weight_hh_l0", "weight_hh_l1", "weight_ih_l1"):
                for gate in state[f"rnn.{name}"].split(5):
                    distance = (gate @ gate.T - torch.eye(5)).abs().max().item()
                    self.assertEqual(distance < 1e-5, name in names, f"{initialization} {name}")

    def test_a_state_dict_has_the_labs_names_also_within_another_module(self):
        names = ["embedding.weight", *(f"rnn.{kind}_l{index}" for index in (0, 1)
                                       for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")),
                 "output.weight", "output.bias"]
        model = Completer("residual-rnn", 9, 3, 5)
        self.assertEqual(list(model.state_dict()), names)
        around, other = Scored(model), Scored(Completer("residual-rnn", 9, 3, 5))
        self.assertEqual(list(around.state_dict()), [f"model.{name}" for name in names])
        other.load_state_dict(around.state_dict())
        for own, theirs in zip(other.parameters(), model.parameters()):
            torch.testing.assert_close(own, theirs, rtol=0, atol=0)
        wrong = {**model.state_dict(), "rnn.weight_ih_l2": torch.zeros(1)}
        with self.assertRaisesRegex(RuntimeError, "rnn.weight_ih_l2"):
            model.load_state_dict(wrong)

    def test_a_shared_matrix_is_written_once_and_is_one_again(self):
        for tying, embedding in (("tied", 5), ("projected", 3)):
            config = Config(vocabulary=12, embedding=embedding, hidden=5, weight_tying=tying)
            model = Completer.of("lstm", config, 14).eval()
            names = list(model.state_dict())
            self.assertEqual([name for name in names if not name.startswith("rnn.")],
                             ["embedding.weight", *(["projection.weight"] if tying == "projected" else []), "output.bias"])
            self.assertEqual(len(names), len(list(model.parameters())))
            self.assertEqual(model.embedding.weight[0].abs().max(), 0)
            self.assertLessEqual(float(model.embedding.weight.abs().max()), embedding ** -0.5)
            path = self.folder / "tied.safetensors"
            write_safetensors(path, model.state_dict(), {"config": json.dumps({"model": "lstm", **config.as_json()})})
            read, _ = load_model(path)
            self.assertIs(read.output.weight, read.embedding.weight)
            ids = torch.randint(1, 14, (2, 9))
            torch.testing.assert_close(read(ids), model(ids), rtol=0, atol=0)
            around = Scored(Completer.of("lstm", config, 14)).eval()
            around.load_state_dict(Scored(model).state_dict())
            torch.testing.assert_close(around.model(ids), model(ids), rtol=0, atol=0)

    def test_plain_modules_load_them(self):
        config = Config(vocabulary=12, embedding=3, hidden=5)
        model = Completer.of("lstm", config, 14).eval()
        plain = torch.nn.LSTM(3, 5, num_layers=2, batch_first=True)
        plain.load_state_dict({name[4:]: tensor for name, tensor in model.state_dict().items() if name.startswith("rnn.")})
        ids = torch.randint(1, 14, (2, 9))
        states, _ = plain(model.embedding(ids))
        torch.testing.assert_close(model.output(states), model(ids), rtol=0, atol=1e-6)

    def test_half_precision_is_widened(self):
        raw = struct.pack("<4H", 0x3C00, 0xC000, 0x3F80, 0xC000)
        entries = {"a": ("F16", [2], [0, 4]), "b": ("BF16", [2], [4, 8])}
        header = json.dumps({k: dict(zip(("dtype", "shape", "data_offsets"), v)) for k, v in entries.items()}).encode()
        path = self.folder / "half.safetensors"
        path.write_bytes(struct.pack("<Q", len(header)) + header + raw)
        tensors, _ = read_safetensors(path)
        self.assertEqual([tensor.tolist() for tensor in tensors.values()], [[1.0, -2.0], [1.0, -2.0]])

    def test_damage_is_refused(self):
        path = self.folder / "x.safetensors"
        write_safetensors(path, {"w": torch.ones(4)}, {"a": "b"})
        whole = path.read_bytes()
        header = b'{"w":{"dtype":"F32","shape":[9],"data_offsets":[0,16]}}'
        nested = b"[" * 100_000
        for broken in (b"", whole[:5], whole[:-1], struct.pack("<Q", 2**60) + whole[8:], b"\xff" * 64,
                       struct.pack("<Q", len(header)) + header + b"\0" * 16, struct.pack("<Q", len(nested)) + nested):
            path.write_bytes(broken)
            with self.assertRaises(WeightsError):
                read_safetensors(path)

    def test_what_is_not_the_labs_is_refused(self):
        path = self.folder / "x.safetensors"
        config = {"model": "rnn", **Config(embedding=3, hidden=5).as_json()}
        for metadata, words in (
            ({"format": "pt"}, "does not say its config"),
            ({"config": "{"}, "does not say its config"),
            ({"config": json.dumps({**config, "hidden": 0})}, "hidden is 0"),
            ({"config": json.dumps({**config, "model": "transformer"})}, "no model 'transformer'"),
            ({"config": json.dumps(config), "vocabulary": '["a"]'}, "a vocabulary of 1 tokens"),
        ):
            write_safetensors(path, {"output.bias": torch.zeros(7)}, metadata)
            with self.assertRaisesRegex(WeightsError, words):
                load_model(path)
        with self.assertRaisesRegex(WeightsError, "float64"):
            write_safetensors(path, {"x": torch.zeros(2, dtype=torch.float64)})

    def test_other_weights_than_they_say_are_refused(self):
        path = self.folder / "x.safetensors"
        config = json.dumps({"model": "rnn", **Config(embedding=3, hidden=5).as_json()})
        write_safetensors(path, {"output.bias": torch.zeros(7)}, {"config": config})
        with self.assertRaisesRegex(WeightsError, "other weights than it says"):
            load_model(path)


class MetricsTest(unittest.TestCase):
    def test_the_labs_file_comes_back_as_it_was(self):
        """The file of a run that diverged at first; src/core/formats/metrics.test.ts checks the lab's writer with the same file."""
        path = Path(__file__).parent / "overflowed-metrics.json"
        metrics = read_metrics(path)
        (model,) = metrics["models"]
        first = model["epochs"][0]
        self.assertEqual((first["train"]["perplexity"], first["gradientNorm"]["max"]), (math.inf, math.inf))
        self.assertTrue(math.isnan(first["validation"]["loss"]))
        self.assertIsNone(metrics["config"]["trainFiles"])
        with tempfile.TemporaryDirectory() as folder:
            again = Path(folder) / "metrics.json"
            write_metrics(again, metrics)
            self.assertEqual(json.loads(again.read_text()), json.loads(path.read_text()))
            again.write_text('{"loss": Infinity, "top1": NaN, "mean": -Infinity, "top5": "NaN"}')
            told = read_metrics(again)
            self.assertEqual((told["loss"], told["mean"]), (math.inf, -math.inf))
            self.assertTrue(math.isnan(told["top1"]) and math.isnan(told["top5"]))


class ConfigTest(unittest.TestCase):
    def test_names_go_over_and_back(self):
        for name in ("task", "quick", "tiny"):
            config = preset(name, 300)
            self.assertEqual(Config.from_json({"model": "rnn", **config.as_json()}), config)
        self.assertEqual(preset("task", 300).as_json()["learningRate"], 1e-3)
        self.assertEqual([preset("task", files).batch for files in (999, 1_000, 4_999, 5_000)], [2, 8, 8, 32])

    def test_settings_out_of_bounds_are_refused(self):
        for told in ({"batch": 0}, {"batch": 2.5}, {"dropout": 1}, {"learningRate": "fast"}, {"activation": "gelu"},
                     {"seed": -1}, {"trainFiles": 0}, {"preset": "vast"}):
            (name,) = told
            with self.assertRaisesRegex(ValueError, name.replace("F", "_f").replace("R", "_r")):
                Config.from_json(told)
        self.assertEqual(Config.from_json({"learningRate": 1, "trainFiles": None}).learning_rate, 1)

    def test_settings_come_from_a_metrics_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "metrics.json"
            path.write_text(json.dumps({"schema": 1, "config": {"hidden": 8}}))
            self.assertEqual(load(str(path)), {"hidden": 8})
            path.write_text("[1]")
            with self.assertRaisesRegex(ValueError, "holds no settings"):
                load(str(path))


if __name__ == "__main__":
    unittest.main()
