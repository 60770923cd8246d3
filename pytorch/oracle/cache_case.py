"""The oracle's case of a model with a continuous cache."""
import json, os
import numpy as np
import torch


def cache_case(out, seed):
    """Computes a model with a continuous cache by the formulas of src/core/cache/mixture.ts, one text at a time.

    Texts are numbers: those below `vocab` are ids of the vocabulary, others are texts outside it. 1 is an outside token of unknown text.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for n, width, vocab, theta, share in (
            (1, 3, 5, 1, 0.3), (12, 4, 9, 0.5, 0.2), (40, 7, 23, 0.9, 0.45), (40, 5, 12, 0, 0.3), (25, 6, 15, 3, 0.8), (25, 6, 15, 1, 0)):
        draw = lambda *shape, scale=1: rng.normal(scale=scale, size=shape).astype(np.float32)
        states, weight, bias = draw(n, width), draw(vocab, width, scale=0.7), draw(vocab, scale=0.5)
        texts = [int(text) if text < vocab + 4 else 1 for text in rng.integers(2, vocab + 5, size=n)]
        h = torch.from_numpy(states).double()
        model = torch.softmax(h @ torch.from_numpy(weight).double().T + torch.from_numpy(bias).double(), 1)
        losses, ranks = [], []
        for t, text in enumerate(texts):
            own = share if t else 0
            likeness = torch.softmax(theta * (h[:t] @ h[t]), 0)
            cached = lambda w: float(likeness[[i for i in range(t) if texts[i] == w]].sum())
            before = [w for w in texts[:t] if w >= vocab]
            distinct = sorted(set(before))
            handed = len(before) / (len(before) + len(distinct)) if before else 0
            unknown = float(model[t, 1]) * (1 - own)
            q = {w: (1 - own) * float(model[t, w]) + own * cached(w) for w in range(vocab) if w != 1}
            outside = sum(cached(w) for w in distinct)
            q |= {w: unknown * handed * cached(w) / outside + own * cached(w) for w in distinct}
            q["new"] = unknown * (1 - handed) + own * cached(1)
            assert abs(sum(q.values()) - 1) < 1e-9
            probability = q.get(text, q["new"])
            losses.append(-float(np.log(probability)))
            ranks.append(sum(other > probability for other in q.values()) if text in q else None)
        cases.append({"theta": theta, "lambda": share, "vocab": vocab, "states": states.tolist(), "weight": weight.tolist(),
                      "bias": bias.tolist(), "texts": texts, "losses": losses, "ranks": ranks})
    with open(os.path.join(out, "cache.json"), "w") as f:
        json.dump({"pytorch": torch.__version__, "cases": cases}, f)
        f.write("\n")
