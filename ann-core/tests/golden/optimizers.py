"""Trajectories of PyTorch's optimizers and schedules, in f64, for the tests of `src/optimizer` and `src/schedule`.

    python3 ann-core/tests/golden/optimizers.py > ann-core/tests/golden/optimizers.json

Parameters start at `start`; step `i` sees `gradients[i]`, whatever the parameters are.
"""

import json
import math

import torch
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
SIZE, STEPS = 11, 8


def number(seed):
    """A value in [-1, 1) that any language can make again."""
    return math.fmod(seed * 0.6180339887498949, 1.0) * 2 - 1


START = [number(i + 1) for i in range(SIZE)]
# Of several sizes, with zeros: at index 3 throughout, elsewhere in single steps; index 5 does not change at all.
GRADIENTS = [
    [
        0.0 if i == 3 or (i + step) % 7 == 0 else 0.25 if i == 5 else number(17 * step + 5 * i + 3) * 10.0 ** (i % 4 - 2)
        for i in range(SIZE)
    ]
    for step in range(STEPS)
]

O = torch.optim
OPTIMIZERS = {
    "sgd": lambda p: O.SGD(p, lr=0.1),
    "sgd weight_decay": lambda p: O.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd momentum": lambda p: O.SGD(p, lr=0.1, momentum=0.9),
    "sgd momentum weight_decay": lambda p: O.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd dampening": lambda p: O.SGD(p, lr=0.1, momentum=0.9, dampening=0.3),
    "sgd nesterov": lambda p: O.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: O.Adam(p, lr=0.01),
    "adam options": lambda p: O.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.01),
    "adam amsgrad": lambda p: O.Adam(p, lr=0.01, betas=(0.5, 0.6), amsgrad=True),
    "adamw": lambda p: O.AdamW(p, lr=0.01),
    "adamw options": lambda p: O.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
    "adamw amsgrad": lambda p: O.AdamW(p, lr=0.01, betas=(0.5, 0.6), amsgrad=True, weight_decay=0.0),
    "rmsprop": lambda p: O.RMSprop(p, lr=0.01),
    "rmsprop options": lambda p: O.RMSprop(p, lr=0.01, alpha=0.8, eps=1e-3, weight_decay=0.01),
    "rmsprop momentum": lambda p: O.RMSprop(p, lr=0.01, momentum=0.9, weight_decay=0.01),
    "rmsprop centered": lambda p: O.RMSprop(p, lr=0.01, alpha=0.9, centered=True),
    "rmsprop centered momentum": lambda p: O.RMSprop(p, lr=0.01, alpha=0.9, centered=True, momentum=0.9),
    "adagrad": lambda p: O.Adagrad(p, lr=0.1),
    "adagrad options": lambda p: O.Adagrad(
        p, lr=0.1, lr_decay=0.2, initial_accumulator_value=0.5, eps=1e-3, weight_decay=0.01
    ),
    "adadelta": lambda p: O.Adadelta(p, lr=1.0),
    "adadelta options": lambda p: O.Adadelta(p, lr=0.5, rho=0.7, eps=1e-3, weight_decay=0.01),
}

S = lr_scheduler
SCHEDULES = {
    "step": lambda o: S.StepLR(o, 3, 0.5),
    "multi_step": lambda o: S.MultiStepLR(o, [2, 5, 11], 0.3),
    "exponential": lambda o: S.ExponentialLR(o, 0.9),
    "cosine": lambda o: S.CosineAnnealingLR(o, 20),
    "cosine down_to": lambda o: S.CosineAnnealingLR(o, 20, eta_min=0.1),
    "polynomial": lambda o: S.PolynomialLR(o, 20, 2.5),
    "warm_up": lambda o: S.LinearLR(o, start_factor=0.25, total_iters=6),
    "warm_up cosine": lambda o: S.SequentialLR(
        o, [S.LinearLR(o, start_factor=0.25, total_iters=6), S.CosineAnnealingLR(o, 14)], [6]
    ),
    "warm_up step": lambda o: S.SequentialLR(
        o, [S.LinearLR(o, start_factor=0.25, total_iters=6), S.StepLR(o, 4, 0.5)], [6]
    ),
    "inverse": lambda o: S.LambdaLR(o, lambda t: (1 + 0.05 * t) ** -0.75),
}


def trajectory(make):
    weights = torch.tensor(START, requires_grad=True)
    optimizer = make([weights])
    states = []
    for gradient in GRADIENTS:
        weights.grad = torch.tensor(gradient)
        optimizer.step()
        states.append(weights.detach().tolist())
    return states


def factors(make):
    weights = torch.zeros(1, requires_grad=True)
    optimizer = O.SGD([weights], lr=1.0)
    schedule = make(optimizer)
    rates = []
    for _ in range(20):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


def lines(name, table):
    rows = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in table.items())
    return f"  {json.dumps(name)}: {{\n{rows}\n  }}"


print("{")
print(f'  "made_by": "PyTorch {torch.__version__}",')
print(f'  "start": {json.dumps(START)},')
print(f'  "gradients": {json.dumps(GRADIENTS)},')
print(lines("optimizers", {key: trajectory(make) for key, make in OPTIMIZERS.items()}) + ",")
print(lines("schedules", {key: factors(make) for key, make in SCHEDULES.items()}))
print("}")
