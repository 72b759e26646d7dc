"""The work of a step: floating-point operations of its matrix products and convolutions, a multiply-add counting two.

Counted is what the formulas ask for, whoever computes them and how: every product forward, once more for the gradient by its
weights, and once more for the gradient by its input, except where the input is the data. A recurrent product is not asked for at the
first step of a sequence, whose state is 0. All else (bias, activations, pooling, normalization, loss, update) counts nothing,
so that a rate by this count is less than what the processor really does.
"""

SIZES = {
    "tiny": [4, 5, 4, 3],
    "mnist": [784, 128, 10],
    "big": [784, 2500, 2000, 1500, 1000, 500, 10],
    "autoencoder": [784, 1000, 500, 250, 30, 250, 500, 1000, 784],
}


def chain(sizes):
    """Multiply-adds of each dense layer, one example forward."""
    return [inputs * outputs for inputs, outputs in zip(sizes, sizes[1:])]


def conv(inputs, outputs, kernel, pixels, groups=1):
    """Of a convolution with square kernels that gives `pixels` by `pixels`."""
    return inputs // groups * kernel**2 * outputs * pixels**2


def recurrent(gates, inputs, units, steps):
    """Of a recurrent layer: the product with its inputs, that with its state."""
    return [gates * units * inputs * steps, gates * units * units * (steps - 1)]


def lenet():
    return [conv(1, 20, 5, 24), conv(20, 50, 5, 8), *chain([800, 500, 10])]


def lstm(inputs, units, steps):
    """And ten classes told from its last step."""
    return [*recurrent(4, inputs, units, steps), *chain([units, 10])]


def alexnet():
    first = [conv(3, 96, 11, 55), conv(96, 256, 5, 27, 2), conv(256, 384, 3, 13)]
    return [*first, conv(384, 384, 3, 13, 2), conv(384, 256, 3, 13, 2), *chain([9216, 4096, 4096, 1000])]


def resnet18():
    stages = [(64, 64, 56), (64, 128, 28), (128, 256, 14), (256, 512, 7)]
    products = [conv(3, 64, 7, 112)]
    for inputs, outputs, pixels in stages:
        products += [conv(inputs, outputs, 3, pixels)] + 3 * [conv(outputs, outputs, 3, pixels)]
        products += [conv(inputs, outputs, 1, pixels)] if inputs != outputs else []
    return [*products, *chain([512, 1000])]


# Examples of a batch, products of one example forward.
WORKLOADS = {
    "mlp_big_b100": (100, chain(SIZES["big"])),
    "mlp_big_b1000": (1000, chain(SIZES["big"])),
    "mlp_mnist_b32": (32, chain(SIZES["mnist"])),
    "mlp_tiny_b32": (32, chain(SIZES["tiny"])),
    "lenet_b64": (64, lenet()),
    "alexnet_b16": (16, alexnet()),
    "resnet18_b8": (8, resnet18()),
    "lstm_b32": (32, lstm(64, 256, 64)),
    # The inputs of the recurrent layer are learned: its product is not the first, which is the look-up.
    "charrnn": (32, [0, *recurrent(1, 64, 128, 50), 50 * 128 * 64]),
    "autoenc_b100": (100, chain(SIZES["autoencoder"])),
}
# Ours with products of bf16, the peers in f32 and, by autocast, in bf16.
LOWER = {f"{name}_bf16": name for name in ["mlp_big_b100", "mlp_big_b1000", "lenet_b64", "lstm_b32"]}
PREDICTIONS = {"predict_mlp_mnist": "mlp_mnist_b32", "predict_lenet": "lenet_b64", "predict_lstm": "lstm_b32"}


def training(batch, products):
    """Operations of a training step; the first of the products has the data as its input."""
    return 2 * batch * (3 * sum(products) - products[0])


def operations(workload):
    """Operations of a step, or of a prediction of one example."""
    if workload == "rbm_b100":
        # Hidden units of the data, visible units, hidden units of those; the gradient's two halves.
        return 2 * 100 * 5 * 784 * 500
    if workload in PREDICTIONS:
        return 2 * sum(WORKLOADS[PREDICTIONS[workload]][1])
    return training(*WORKLOADS[LOWER.get(workload, workload)])
