"""The commands that `npm run parity` calls on the PyTorch side."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import torch

from minicopilot.config import Config
from minicopilot.data import Dataset
from minicopilot.models import Completer
from minicopilot.weights import read_safetensors, save_model, write_safetensors

from tests.fixture import write_dataset

PACKAGE = Path(__file__).parents[1]
ORACLE = PACKAGE / "oracle"


class CommandsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def run_module(self, module, *words):
        call = [sys.executable, "-m", f"minicopilot.{module}", *map(str, words)]
        return subprocess.run(call, cwd=PACKAGE, capture_output=True, text=True, timeout=60)

    def test_replay_takes_the_steps_of_the_oracle(self):
        facts = json.loads((ORACLE / "residual-lstm-odd.json").read_text())
        tensors, _ = read_safetensors(ORACLE / "residual-lstm-odd.safetensors")
        # the config has dropout, but a replay does not apply it
        config = Config(embedding=facts["embed"], hidden=facts["hidden"], learning_rate=facts["adam"]["lr"],
                        clip_norm=facts["adam"]["clip_norm"], dropout=0.5)
        path = self.folder / "steps.safetensors"
        steps = {name: tensor for name, tensor in tensors.items() if name.startswith(("init.", "batch"))}
        write_safetensors(path, steps, {"config": json.dumps({"model": "residual-lstm", **config.as_json()})})
        told = json.loads(self.run_module("replay", path).stdout)
        self.assertEqual(told["version"], torch.__version__)
        self.assertEqual((len(told["losses"]), len(told["gradientNorms"])), (4, 4))
        self.assertAlmostEqual(told["gradientNorms"][0], facts["gradient_norm"], delta=1e-5 * facts["gradient_norm"])
        for own, expected in zip(told["losses"], facts["adam"]["losses"]):
            self.assertAlmostEqual(own, expected, delta=1e-4 * expected)

    def test_logits_are_the_models(self):
        weights, ids, out = (self.folder / f"{name}.safetensors" for name in ("weights", "ids", "logits"))
        config = Config(vocabulary=12, embedding=3, hidden=5)
        model = Completer.of("residual-rnn", config, 14).eval()
        save_model(weights, model, "residual-rnn", config, Dataset(write_dataset(self.folder / "small")))
        inputs = torch.randint(1, 14, (2, 9), dtype=torch.int32)
        write_safetensors(ids, {"x": inputs})
        self.assertEqual(self.run_module("logits", weights, ids, out).returncode, 0)
        torch.testing.assert_close(read_safetensors(out)[0]["logits"], model(inputs.long()))

    def test_other_files_are_refused_in_a_sentence(self):
        path = self.folder / "x.safetensors"
        path.write_bytes(b"none")
        for module, words in (("replay", [path]), ("logits", [path, path, path])):
            refused = self.run_module(module, *words)
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, r"^minicopilot: .*x\.safetensors is not a complete safetensors file")
        write_safetensors(path, {"init.x": torch.zeros(1)}, {"config": json.dumps({"model": "rnn"})})
        self.assertRegex(self.run_module("replay", path).stderr, r"^minicopilot: .*holds no steps to repeat: 'output.bias'")


if __name__ == "__main__":
    unittest.main()
