"""The oracle's cases of optimization: learning rates of PyTorch's schedulers, and steps of its optimizers."""
import json, os
import numpy as np
import torch
import torch.nn as nn


def scheduler(name, optimiser, total, warmup):
    """PyTorch's scheduler of a schedule, and whether to step it with each epoch's loss instead of after each step."""
    sched = torch.optim.lr_scheduler
    if name == "one-cycle":
        return sched.OneCycleLR(optimiser, optimiser.param_groups[0]["lr"], total, pct_start=warmup, cycle_momentum=False), False
    if name == "constant":
        return sched.ConstantLR(optimiser, factor=1), False
    if name == "plateau":
        return sched.ReduceLROnPlateau(optimiser, factor=0.5, patience=0), True
    up = int(total * warmup + 0.5)
    parts = []
    if up > 0:
        parts.append(sched.LinearLR(optimiser, start_factor=1 / (up + 1), end_factor=1, total_iters=up))
    if name == "linear":
        parts.append(sched.LinearLR(optimiser, start_factor=1, end_factor=0, total_iters=total - up))
    if name == "cosine":
        parts.append(sched.CosineAnnealingLR(optimiser, T_max=total - up))
    return (sched.SequentialLR(optimiser, parts, [up]) if len(parts) > 1 else parts[0]), False


def schedules_case(out):
    cases = []
    losses = [3.0, 2.5, 2.6, 2.4999, 2.2, 2.2, 2.3, 2.1]
    for name, warmup, steps, epochs in (
            ("constant", 0.1, 3, 2), ("linear", 0.1, 10, 4), ("linear", 0, 7, 3), ("linear", 0.25, 5, 2),
            ("cosine", 0.1, 10, 4), ("cosine", 0, 7, 3), ("cosine", 0.5, 9, 2), ("one-cycle", 0.3, 10, 3),
            ("one-cycle", 0.1, 25, 2), ("one-cycle", 0.25, 9, 3), ("plateau", 0.1, 2, 8)):
        rate = 0.004
        optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
        schedule, by_epoch = scheduler(name, optimiser, steps * epochs, warmup)
        rates = []
        for epoch in range(epochs):
            for step in range(steps):
                rates.append(optimiser.param_groups[0]["lr"])
                optimiser.step()
                if not by_epoch and len(rates) < steps * epochs:
                    schedule.step()
            if by_epoch:
                schedule.step(losses[epoch])
        cases.append({"schedule": name, "rate": rate, "warmup": warmup, "epochs": epochs, "stepsAnEpoch": steps,
                      "validationLosses": losses[:epochs], "rates": rates})
    with open(os.path.join(out, "schedules.json"), "w") as f:
        json.dump({"pytorch": torch.__version__, "cases": cases}, f, indent=1)


def optimizers_case(out, seed):
    """The weights after every step of each optimizer, from the same weights and the same gradients, with and without clipping."""
    rng = np.random.default_rng(seed)
    shapes, steps = [[7], [4, 8]], 6
    draw = lambda scale: [rng.normal(scale=scale, size=shape).astype(np.float32) for shape in shapes]
    weights, gradients = draw(1), [draw(0.3) for _ in range(steps)]
    cases = []
    for name, rate, decay, momentum, clip in (
            ("adam", 0.01, 0, 0, 0), ("adam", 0.01, 0, 0, 0.5), ("adamw", 0.01, 0.1, 0, 0), ("adamw", 0.004, 0.5, 0, 1),
            ("sgd", 0.1, 0, 0.9, 0), ("sgd", 0.5, 0, 0.5, 0.7), ("sgd", 0.1, 0, 0, 0)):
        parameters = [nn.Parameter(torch.from_numpy(value.copy())) for value in weights]
        optimiser = {"adam": lambda: torch.optim.Adam(parameters, lr=rate),
                     "adamw": lambda: torch.optim.AdamW(parameters, lr=rate, weight_decay=decay),
                     "sgd": lambda: torch.optim.SGD(parameters, lr=rate, momentum=momentum)}[name]()
        after = []
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.grad = torch.from_numpy(gradient.copy())
            if clip > 0:
                nn.utils.clip_grad_norm_(parameters, clip)
            optimiser.step()
            after.append([parameter.detach().flatten().tolist() for parameter in parameters])
        cases.append({"optimizer": name, "learningRate": rate, "weightDecay": decay, "momentum": momentum, "clipNorm": clip,
                      "after": after})
    flat = lambda values: [value.flatten().tolist() for value in values]
    with open(os.path.join(out, "optimizers.json"), "w") as f:
        json.dump({"pytorch": torch.__version__, "shapes": shapes, "weights": flat(weights),
                   "gradients": [flat(step) for step in gradients], "cases": cases}, f)
        f.write("\n")
