"""A small data set in the lab's format, with repetitive rows that a model learns quickly."""
import hashlib
import json
from pathlib import Path

import numpy as np

LENGTH = 40
TOKENS = ["<s>", "</s>", "<EOL>"] + [f"name{index}" for index in range(27)]


def write_dataset(folder: Path, rows: int = 24, outside: bool = False) -> Path:
    """With `outside`, every seventh token is outside the vocabulary, and validation and test keep the texts of these tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)

    def split(name: str, count: int):
        ids = np.zeros((count, LENGTH), "<u2")
        for row in ids:
            length = int(random.integers(2, LENGTH + 1))
            first = int(random.integers(2, 10))
            row[:length] = (np.arange(length) * first) % len(TOKENS) + 2
            if outside:
                row[6:length:7] = 1
        shards = []
        for index, part in enumerate(np.array_split(ids, 2)):
            raw = part.tobytes()
            file = f"{name}-{index:03}.bin"
            (folder / file).write_bytes(raw)
            shards.append({"file": file, "rows": len(part), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})
        kept = []
        for index, part in enumerate(np.array_split(ids, 2)):
            # two alternating texts, the first of them an identifier
            codes = [2 * (at % 2 + 1) + (at % 2 == 0) for row in part for at in range(int((row == 1).sum()))]
            raw = np.array(codes, "<u2").tobytes()
            file = f"{name}-outside-{index:03}.bin"
            (folder / file).write_bytes(raw)
            kept.append({"file": file, "rows": len(part), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()})
        keeps = {"outside": kept} if outside and name != "train" else {}
        return {"rows": count, "tokens": 1, "keptTokens": 1, "unknownTokens": 0, "shards": shards, **keeps}

    manifest = {
        "schema": 1,
        "id": "small",
        "title": "Small",
        "rules": "codexglue-2021",
        "length": LENGTH,
        "sha256": "ab" * 32,
        "vocabulary": {"tokens": TOKENS, "counts": [1] * len(TOKENS)},
        "literals": {"str": ["utf-8"], "num": ["0"]},
        "splits": {name: split(name, count) for name, count in [("train", rows), ("validation", 6), ("test", 6)]},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
