"""How a peer is measured: it makes its first step, says so, and then as many as it is told, again and again.

An order is a line on the input: a number of steps, or `end`. The answer is a line of JSON.
"""

import json
import resource
import sys
import time

import numpy as np

# So many batches are gone through in turn: each step has another one than the step before, all in memory.
BATCHES = 8


def serve(step):
    """`step(i)` makes a step on batch `i` and gives its loss (or None)."""
    done = 0

    def run(n):
        nonlocal done
        began = time.perf_counter()
        for _ in range(n):
            loss = step(done % BATCHES)
            done += 1
        return (time.perf_counter() - began) / n * 1e3, loss

    def say(ms, loss):
        print(json.dumps({"ms": ms, "loss": None if loss is None else float(loss)}), flush=True)

    say(*run(1))
    for line in sys.stdin:
        if line.strip() == "end":
            break
        say(*run(int(line)))
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)


RANDOM = np.random.default_rng(0)
BIG = [784, 2500, 2000, 1500, 1000, 500, 10]
AUTOENCODER = [784, 1000, 500, 250, 30, 250, 500, 1000, 784]
# Inputs of an example, classes, examples in a batch.
WORKLOADS = {
    "mlp_tiny_b32": ((4,), 3, 32),
    "mlp_mnist_b32": ((784,), 10, 32),
    "mlp_big_b100": ((784,), 10, 100),
    "mlp_big_b1000": ((784,), 10, 1000),
    "lenet_b64": ((1, 28, 28), 10, 64),
    "alexnet_b16": ((3, 227, 227), 10, 16),
    "resnet18_b8": ((3, 224, 224), 10, 8),
    "lstm_b32": ((64, 64), 10, 32),
    "charrnn": (None, 64, 32),
    "autoenc_b100": ((784,), None, 100),
    "rbm_b100": ((784,), None, 100),
}


def batches(workload):
    """Inputs and targets of each batch: classes are told by a pattern under noise, the token after another by the other."""
    shape, classes, rows = WORKLOADS[workload]
    patterns = RANDOM.random((classes or 10, *(shape or ())), dtype=np.float32)
    for _ in range(BATCHES):
        if shape is None:
            tokens = RANDOM.integers(0, classes, (rows, 50))
            yield tokens, (5 * tokens + 3) % classes
        else:
            labels = RANDOM.integers(0, len(patterns), rows)
            x = (patterns[labels] + RANDOM.random((rows, *shape), dtype=np.float32)) / 2
            yield x, x if classes is None else labels
