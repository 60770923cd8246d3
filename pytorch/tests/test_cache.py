"""A continuous cache matches the oracle's results, works in complete trainings, and does not see later tokens."""
import contextlib
import io
import json
import math
import tempfile
import unittest
from pathlib import Path

import torch

from minicopilot.cache import LAMBDAS, MISSED, THETAS, Texts, row_scores, search
from minicopilot.data import OUTSIDE, UNK, Dataset
from minicopilot.train import main
from minicopilot.weights import load_model

from tests.fixture import LENGTH, TOKENS, write_dataset

ORACLE = Path(__file__).parents[1] / "oracle" / "cache.json"


def case_tensors(case):
    return [torch.tensor(case[part]) for part in ("states", "weight", "bias")]


class ScoresTest(unittest.TestCase):
    def test_losses_and_ranks_are_the_oracles(self):
        for case in json.loads(ORACLE.read_text())["cases"]:
            texts = Texts(case["texts"], case["vocab"])
            [(losses, ranks)] = row_scores(*case_tensors(case), texts, [(case["theta"], case["lambda"])])
            torch.testing.assert_close(losses, torch.tensor(case["losses"], dtype=torch.float64), rtol=1e-5, atol=1e-5)
            self.assertEqual([None if rank == MISSED else rank for rank in ranks.tolist()], case["ranks"])

    def test_what_comes_later_changes_nothing(self):
        case = json.loads(ORACLE.read_text())["cases"][2]
        one = row_scores(*case_tensors(case), Texts(case["texts"], case["vocab"]), [(0.9, 0.45)])[0]
        shuffled = case["texts"][:20] + case["texts"][20:][::-1]
        other = row_scores(*case_tensors(case), Texts(shuffled, case["vocab"]), [(0.9, 0.45)])[0]
        for before, after in zip(one, other):
            torch.testing.assert_close(after[:20], before[:20], rtol=0, atol=0)
        self.assertFalse(torch.equal(one[0], other[0]))

    def test_no_target_and_one(self):
        weight, bias = torch.randn(7, 3), torch.randn(7)
        [(losses, ranks)] = row_scores(torch.zeros(0, 3), weight, bias, Texts([], 7), [(1, 0.5)])
        self.assertEqual((losses.shape, ranks.shape), ((0,), (0,)))
        states = torch.randn(1, 3)
        [(losses, ranks)] = row_scores(states, weight, bias, Texts([4], 7), [(1, 0.5)])
        logs = (states @ weight.t() + bias).log_softmax(1)
        self.assertAlmostEqual(losses.item(), -logs[0, 4].item(), places=5)
        [(_, ranks)] = row_scores(states, weight, bias, Texts([UNK], 7), [(1, 0.5)])
        self.assertEqual(ranks.item(), MISSED)

    def test_the_search_takes_the_lowest_loss(self):
        case = json.loads(ORACLE.read_text())["cases"][2]
        states, weight, bias = case_tensors(case)
        found = search([(states, Texts(case["texts"], case["vocab"]))], weight, bias)
        self.assertEqual(len(found["points"]), len(THETAS) * len(LAMBDAS))
        best = min(found["points"], key=lambda point: point["loss"])
        self.assertEqual(found["parameters"], {"theta": best["theta"], "lambda": best["lambda"]})
        self.assertEqual((found["rows"], found["targets"]), (1, len(case["texts"])))
        self.assertIsNone(search([], weight, bias))


class DatasetTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def test_rows_tell_outside_texts_apart_and_which_are_names(self):
        dataset = Dataset(write_dataset(self.folder / "small", outside=True))
        rows = dataset.rows("test", LENGTH, len(TOKENS))
        index = max(range(len(rows)), key=lambda row: rows.lengths[row])
        texts, named = rows.texts(index), rows.named(index, dataset.names())
        self.assertEqual(len(texts), rows.lengths[index] - 1)
        outside = [text - OUTSIDE for text in texts if text >= OUTSIDE]
        self.assertEqual(outside, [at % 2 + 1 for at in range(len(outside))])
        for text, name in zip(texts, named):
            self.assertEqual(name, text == OUTSIDE + 1 if text >= OUTSIDE else TOKENS[text - 2].startswith("name"))
        self.assertFalse(Dataset(write_dataset(self.folder / "plain")).rows("test", LENGTH, 5).has_texts)

    def test_a_run_is_measured_with_a_cache_whose_settings_its_weights_name(self):
        folder = write_dataset(self.folder / "small", outside=True)
        out = self.folder / "results"
        with contextlib.redirect_stdout(io.StringIO()) as told:
            main(["--dataset", str(folder), "--preset", "tiny", "--device", "cpu", "--hidden", "12", "--models", "rnn",
                  "--epochs", "1", "--out", str(out)])
        self.assertIn("with a cache", told.getvalue())
        [model] = json.loads((out / "metrics.json").read_text())["models"]
        test, cache = model["test"], model["cache"]["parameters"]
        for name in ("cacheTop1", "cacheTop5Known", "cacheCodexglue", "cacheTop5Names", "top5Names"):
            self.assertTrue(0 <= test[name] <= 1, name)
        self.assertLessEqual(test["cacheTop1"], test["cacheTop5Known"])
        self.assertTrue(math.isfinite(test["cachePerplexity"]))
        self.assertIsNone(model["epochs"][0]["train"]["cacheTop1"])
        _, told = load_model(out / "rnn.safetensors")
        self.assertEqual(told["cache"], cache)
