"""Compares the models, their loss and the measures with PyTorch's results in ../oracle, as the lab's engine is compared."""
import json
import math
import unittest
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from minicopilot.config import SCHEDULES, Config
from minicopilot.data import PAD
from minicopilot.loss import Scored, linear_cross_entropy
from minicopilot.measures import MeasureSum
from minicopilot.models import Completer
from minicopilot.schedules import Schedule
from minicopilot.weights import read_safetensors

ORACLE = Path(__file__).parents[1] / "oracle"
CASES = sorted(path.stem for path in ORACLE.glob("*.safetensors"))


def part(tensors, prefix):
    return {name[len(prefix):]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def batch(tensors, index):
    return tensors[f"batch{index}.x"].long(), tensors[f"batch{index}.y"].long()


def gradients(model):
    """The gradients under the names of the state_dict, which has the parameters' order."""
    return dict(zip(model.state_dict(), (parameter.grad for parameter in model.parameters())))


def measures(targets, losses, ranks, silent=()):
    total = MeasureSum(silent)
    total.add(targets, losses, ranks)
    return total.measures()


class OracleTest(unittest.TestCase):
    def test_there_are_cases_of_all_models(self):
        self.assertEqual(len(CASES), 40)

    def test_models(self):
        for case in CASES:
            with self.subTest(case):
                self.check(case)

    def check(self, case):
        facts = json.loads((ORACLE / f"{case}.json").read_text())
        tensors, _ = read_safetensors(ORACLE / f"{case}.safetensors")
        name = ("residual-" if facts["residual"] else "") + facts["cell"]
        connection = facts.get("connection", "none")
        model = Completer(name, facts["vocab"], facts["embed"], facts["hidden"],
                          connection="sum" if connection == "none" else connection, layers=facts.get("layers", 2),
                          weight_tying=facts.get("weight_tying", "none"))
        model.load_state_dict(part(tensors, "init."))
        self.assertEqual(model.parameter_count(), facts["parameters"])
        for own, theirs in zip(model.state_dict().items(), part(tensors, "init.").items()):
            self.assertEqual(own[0], theirs[0])
            torch.testing.assert_close(own[1], theirs[1], rtol=0, atol=0)

        inputs, targets = batch(tensors, 0)
        logits = model(inputs)
        torch.testing.assert_close(logits, tensors["logits"], rtol=0, atol=1e-5)
        scored = Scored(model)
        total, *scores = scored(inputs, targets)
        (total / facts["counted"]).backward()
        for key, gradient in gradients(model).items():
            theirs = tensors[f"grad.{key}"]
            torch.testing.assert_close(gradient, theirs, rtol=0, atol=1e-4 * float(theirs.abs().max()))
        measured = measures(*scores)
        self.assertEqual(measured["counted"], facts["counted"])
        self.assertEqual(round(measured["top1"] * measured["counted"]), facts["top1_hits"])
        self.assertEqual(round(measured["top5"] * measured["counted"]), facts["top5_hits"])
        self.assertAlmostEqual(measured["loss"], facts["loss"], delta=1e-5 * facts["loss"])

        adam = torch.optim.Adam(model.parameters(), lr=facts["adam"]["lr"])
        clip = facts["adam"]["clip_norm"]
        for step, expected in enumerate(facts["adam"]["losses"]):
            adam.zero_grad()
            total, known, *_ = scored(*batch(tensors, step % 4))
            loss = total / len(known)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), clip or math.inf)
            if step == 0:
                self.assertAlmostEqual(float(norm), facts["gradient_norm"], delta=1e-5 * facts["gradient_norm"])
            adam.step()
            self.assertAlmostEqual(loss.item(), expected, delta=1e-4 * expected)
        for key, tensor in model.state_dict().items():
            torch.testing.assert_close(tensor, tensors[f"final.{key}"], rtol=0, atol=1e-4)

    def test_measures(self):
        for case in json.loads((ORACLE / "metrics.json").read_text())["cases"]:
            logits, targets = torch.tensor(case["logits"]), torch.tensor(case["targets"])
            kept = targets != PAD
            # with an identity as weight, the states are the logits
            same, nothing = torch.eye(logits.shape[1]), torch.zeros(logits.shape[1])
            _, losses, ranks = linear_cross_entropy(logits[kept], same, nothing, targets[kept])
            measured = measures(targets[kept], losses, ranks)
            self.assertAlmostEqual(measured["loss"], case["loss"], places=5)
            self.assertEqual(measured["counted"], case["counted"])
            self.assertEqual(round(measured["top1"] * case["counted"]), case["top1_hits"])
            self.assertEqual(round(measured["top5"] * case["counted"]), case["top5_hits"])


class LossTest(unittest.TestCase):
    def test_slices_give_what_the_whole_gives(self):
        torch.manual_seed(2)
        tokens = 10_002
        states, weight = torch.randn(2_000, 4, requires_grad=True), torch.randn(tokens, 4, requires_grad=True)
        bias, targets = torch.randn(tokens, requires_grad=True), torch.randint(1, tokens, (2_000,))
        logits = functional.linear(states, weight, bias)
        expected = functional.cross_entropy(logits, targets, reduction="sum")
        slopes = torch.autograd.grad(3 * expected, (states, weight, bias))
        total, losses, ranks = linear_cross_entropy(states, weight, bias, targets)
        torch.testing.assert_close(total, expected)
        torch.testing.assert_close(losses.sum(), expected)
        torch.testing.assert_close(ranks, (logits > logits.gather(1, targets[:, None])).sum(1))
        for own, theirs in zip(torch.autograd.grad(3 * total, (states, weight, bias)), slopes):
            torch.testing.assert_close(own, theirs, rtol=0, atol=1e-5 * float(theirs.abs().max()))

    def test_a_batch_without_targets_has_no_loss_and_no_gradient(self):
        scored = Scored(Completer("lstm", 7, 3, 5))
        empty = torch.zeros((1, 1), dtype=torch.int64)
        total, known, losses, ranks = scored(empty, empty)
        total.backward()
        self.assertEqual((float(total.detach()), len(known), len(losses), len(ranks)), (0.0, 0, 0, 0))
        for parameter in scored.parameters():
            self.assertEqual(float(parameter.grad.abs().sum()), 0.0)

    def test_padding_changes_nothing(self):
        torch.manual_seed(3)
        scored = Scored(Completer("residual-lstm", 9, 3, 5))
        inputs, targets = torch.randint(1, 9, (2, 6)), torch.randint(1, 9, (2, 6))
        wide = [functional.pad(ids, (0, 4)) for ids in (inputs, targets)]
        for own, padded in zip(scored(inputs, targets), scored(*wide)):
            torch.testing.assert_close(own, padded)


class MeasuresTest(unittest.TestCase):
    def test_unknown_and_silent_targets(self):
        # ids: 1 is UNK, 2 a token, 3 a token that CodeXGLUE does not count
        measured = measures(torch.tensor([1, 2, 3]), torch.tensor([4.0, 1.0, 1.0]), torch.tensor([0, 0, 0]), silent=[3])
        self.assertEqual((measured["counted"], measured["unknown"]), (3, 1))
        self.assertEqual((measured["top1"], measured["codexglue"]), (1.0, 0.5))
        self.assertAlmostEqual(measured["top5Known"], 2 / 3)
        self.assertAlmostEqual(measured["perplexity"], math.exp(2))
        self.assertAlmostEqual(measured["perplexityKnown"], math.exp(1))

    def test_ranks_at_the_edges(self):
        measured = measures(torch.tensor([2, 2, 2, 2]), torch.ones(4), torch.tensor([0, 1, 4, 5]))
        self.assertEqual((measured["top1"], measured["top5"]), (0.25, 0.75))

    def test_nothing_counted_is_no_number(self):
        nothing = torch.zeros(0)
        self.assertTrue(math.isnan(measures(nothing.long(), nothing, nothing.long())["loss"]))


class SchedulesTest(unittest.TestCase):
    def test_rates_are_those_of_pytorchs_own_schedulers(self):
        cases = json.loads((ORACLE / "schedules.json").read_text())["cases"]
        self.assertEqual({case["schedule"] for case in cases}, set(SCHEDULES))
        for case in cases:
            with self.subTest(case["schedule"], warmup=case["warmup"]):
                optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=case["rate"])
                config = Config(epochs=case["epochs"], schedule=case["schedule"], warmup=case["warmup"])
                schedule, rates = Schedule(config, optimiser, case["stepsAnEpoch"]), []
                for loss in case["validationLosses"]:
                    for _ in range(case["stepsAnEpoch"]):
                        rates.append(optimiser.param_groups[0]["lr"])
                        optimiser.step()
                        schedule.after_step()
                    schedule.after_epoch(loss)
                self.assertEqual(len(rates), len(case["rates"]))
                for own, theirs in zip(rates, case["rates"]):
                    self.assertAlmostEqual(own, theirs, delta=1e-12 * case["rate"])


if __name__ == "__main__":
    unittest.main()
