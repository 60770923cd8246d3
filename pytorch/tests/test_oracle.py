"""The models and measures against PyTorch's own results in ../oracle, which the lab's engine is held against too."""
import json
import unittest
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from minicopilot.data import PAD
from minicopilot.measures import MeasureSum
from minicopilot.models import Completer
from minicopilot.weights import read_safetensors

ORACLE = Path(__file__).parents[1] / "oracle"
CASES = sorted(path.stem for path in ORACLE.glob("*.safetensors"))


def part(tensors, prefix):
    return {name[len(prefix):]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def batch(tensors, index):
    return tensors[f"batch{index}.x"].long(), tensors[f"batch{index}.y"].long()


class OracleTest(unittest.TestCase):
    def test_there_are_cases_of_all_models(self):
        self.assertEqual(len(CASES), 8)

    def test_models(self):
        for case in CASES:
            with self.subTest(case):
                self.check(case)

    def check(self, case):
        facts = json.loads((ORACLE / f"{case}.json").read_text())
        tensors, _ = read_safetensors(ORACLE / f"{case}.safetensors")
        name = ("residual-" if facts["residual"] else "") + facts["cell"]
        model = Completer(name, facts["vocab"], facts["embed"], facts["hidden"])
        model.load_lab_state(part(tensors, "init."))
        self.assertEqual(model.parameter_count(), facts["parameters"])
        for own, theirs in zip(model.lab_state().items(), part(tensors, "init.").items()):
            self.assertEqual(own[0], theirs[0])
            torch.testing.assert_close(own[1], theirs[1], rtol=0, atol=0)

        inputs, targets = batch(tensors, 0)
        logits = model(inputs)
        torch.testing.assert_close(logits, tensors["logits"], rtol=0, atol=1e-5)
        total = MeasureSum([])
        total.add(logits, targets)
        measured = total.measures()
        self.assertEqual(measured["counted"], facts["counted"])
        self.assertEqual(round(measured["top1"] * measured["counted"]), facts["top1_hits"])
        self.assertEqual(round(measured["top5"] * measured["counted"]), facts["top5_hits"])
        self.assertAlmostEqual(measured["loss"], facts["loss"], delta=1e-5 * facts["loss"])

        adam = torch.optim.Adam(model.parameters(), lr=facts["adam"]["lr"])
        clip = facts["adam"]["clip_norm"]
        for step, expected in enumerate(facts["adam"]["losses"]):
            inputs, targets = batch(tensors, step % 4)
            adam.zero_grad()
            loss = functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten(), ignore_index=PAD)
            loss.backward()
            if step == 0:
                grads = dict(model.named_parameters())
                norm = torch.sqrt(sum((grads[key].grad.double() ** 2).sum() for key in grads))
                self.assertAlmostEqual(float(norm), facts["gradient_norm"], delta=1e-5 * facts["gradient_norm"])
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            adam.step()
            self.assertAlmostEqual(loss.item(), expected, delta=1e-4 * expected)
        for key, tensor in model.lab_state().items():
            torch.testing.assert_close(tensor, tensors[f"final.{key}"], rtol=0, atol=1e-4)

    def test_measures(self):
        for case in json.loads((ORACLE / "metrics.json").read_text())["cases"]:
            total = MeasureSum([])
            total.add(torch.tensor(case["logits"]), torch.tensor(case["targets"]))
            measured = total.measures()
            self.assertAlmostEqual(measured["loss"], case["loss"], places=5)
            self.assertEqual(measured["counted"], case["counted"])
            self.assertEqual(round(measured["top1"] * case["counted"]), case["top1_hits"])
            self.assertEqual(round(measured["top5"] * case["counted"]), case["top5_hits"])


class MeasuresTest(unittest.TestCase):
    def test_unknown_and_silent_targets(self):
        # ids: 0 PAD, 1 UNK, 2 a word, 3 one that CodeXGLUE does not count
        logits = torch.eye(4) * 10
        total = MeasureSum([3])
        total.add(logits, torch.tensor([0, 1, 2, 3]))
        measured = total.measures()
        self.assertEqual((measured["counted"], measured["unknown"]), (3, 1))
        self.assertEqual((measured["top1"], measured["codexglue"]), (1.0, 0.5))
        self.assertAlmostEqual(measured["top5Known"], 2 / 3)

    def test_nothing_counted_is_no_number(self):
        self.assertNotEqual(MeasureSum([]).measures()["loss"], MeasureSum([]).measures()["loss"])


if __name__ == "__main__":
    unittest.main()
