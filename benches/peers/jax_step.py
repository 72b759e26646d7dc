"""JAX's step, compiled, to be told what to do by `peers.py`: jax_step.py WORKLOAD THREADS [infer]"""

import os
import sys

workload, threads = sys.argv[1], int(sys.argv[2])
infer = "infer" in sys.argv[3:]
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import worker


def draw(*shape, scale=None):
    scale = scale or (1 / np.prod(shape[1:]) if len(shape) == 4 else 1 / shape[0]) ** 0.5
    return jnp.asarray((worker.RANDOM.standard_normal(shape) * scale).astype(np.float32))


def dense(inputs, outputs):
    return draw(inputs, outputs), jnp.zeros(outputs)


def kernel(outputs, inputs, size):
    return draw(outputs, inputs, size, size), jnp.zeros(outputs)


def conv(x, w, b, stride=1, pad=0, groups=1):
    y = lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2, feature_group_count=groups)
    return y + b[None, :, None, None]


def pool(x, size, stride, pad=0):
    pads = [(0, 0), (0, 0), (pad, pad), (pad, pad)]
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, size, size), (1, 1, stride, stride), pads)


def chain(sizes, activation):
    def forward(p, x):
        for w, b in p[:-1]:
            x = activation(x @ w + b)
        return x @ p[-1][0] + p[-1][1]

    return [dense(*pair) for pair in zip(sizes, sizes[1:])], forward


def lenet():
    def forward(p, x):
        x = pool(conv(x, *p[0]), 2, 2)
        x = pool(conv(x, *p[1]), 2, 2).reshape(len(x), -1)
        return jax.nn.relu(x @ p[2][0] + p[2][1]) @ p[3][0] + p[3][1]

    return [kernel(20, 1, 5), kernel(50, 20, 5), dense(800, 500), dense(500, 10)], forward


def alexnet():
    def norm(x):
        near = lax.reduce_window(x * x, 0.0, lax.add, (1, 5, 1, 1), (1, 1, 1, 1), [(0, 0), (2, 2), (0, 0), (0, 0)])
        return x / (1 + 1e-4 / 5 * near) ** 0.75

    def forward(p, x, key):
        relu = jax.nn.relu
        x = pool(norm(relu(conv(x, *p[0], stride=4))), 3, 2)
        x = pool(norm(relu(conv(x, *p[1], pad=2, groups=2))), 3, 2)
        x = relu(conv(x, *p[2], pad=1))
        x = relu(conv(x, *p[3], pad=1, groups=2))
        x = pool(relu(conv(x, *p[4], pad=1, groups=2)), 3, 2).reshape(len(x), -1)
        for (w, b), key in zip(p[5:7], jax.random.split(key)):
            x = relu(x @ w + b)
            x = jnp.where(jax.random.bernoulli(key, 0.5, x.shape), 2 * x, 0)
        return x @ p[7][0] + p[7][1]

    kernels = [kernel(96, 3, 11), kernel(256, 48, 5), kernel(384, 256, 3), kernel(384, 192, 3), kernel(256, 192, 3)]
    return [*kernels, dense(9216, 4096), dense(4096, 4096), dense(4096, 1000)], forward


def resnet18():
    plan = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]

    def unit(inputs, outputs, size):
        return draw(outputs, inputs, size, size), jnp.ones(outputs), jnp.zeros(outputs)

    def block(inputs, outputs, stride):
        return [unit(inputs, outputs, 3), unit(outputs, outputs, 3), *([unit(inputs, outputs, 1)] if stride == 2 else [])]

    def normal(p, x, stride=1, pad=1):
        x = conv(x, p[0], jnp.zeros(len(p[0])), stride, pad)
        mean, variance = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        return (x - mean) * lax.rsqrt(variance + 1e-5) * p[1][:, None, None] + p[2][:, None, None]

    def forward(p, x):
        x = pool(jax.nn.relu(normal(p[0], x, 2, 3)), 3, 2, 1)
        for units, (_, _, stride) in zip(p[1:-1], plan):
            y = normal(units[1], jax.nn.relu(normal(units[0], x, stride)))
            x = jax.nn.relu(y + (normal(units[2], x, 2, 0) if stride == 2 else x))
        return x.mean((2, 3)) @ p[-1][0] + p[-1][1]

    return [unit(3, 64, 7), *(block(*sizes) for sizes in plan), dense(512, 1000)], forward


def lstm():
    def forward(p, x):
        (w, u, b), (v, c) = p
        units = u.shape[0]

        def cell(state, x):
            h, c = state
            i, f, g, o = jnp.split(x + h @ u, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), None

        zero = jnp.zeros((x.shape[1], units))
        (h, _), _ = lax.scan(cell, (zero, zero), x @ w + b)
        return h @ v + c

    return [(draw(64, 1024), draw(256, 1024), jnp.zeros(1024)), dense(256, 10)], forward


def charrnn():
    def forward(p, x):
        embedding, (w, u, b), (v, c) = p

        def cell(h, x):
            h = jnp.tanh(x + h @ u)
            return h, h

        _, h = lax.scan(cell, jnp.zeros((x.shape[1], 128)), embedding[x] @ w + b)
        return (h @ v + c).reshape(-1, 64)

    return [draw(64, 64, scale=1.0), (draw(64, 128), draw(128, 128), jnp.zeros(128)), dense(128, 64)], forward


NETWORKS = {
    "mlp_tiny_b32": lambda: chain([4, 5, 4, 3], jax.nn.relu),
    "mlp_mnist_b32": lambda: chain([784, 128, 10], jax.nn.relu),
    "mlp_big_b100": lambda: chain(worker.BIG, jax.nn.relu),
    "mlp_big_b1000": lambda: chain(worker.BIG, jax.nn.relu),
    "lenet_b64": lenet,
    "alexnet_b16": alexnet,
    "resnet18_b8": resnet18,
    "lstm_b32": lstm,
    "charrnn": charrnn,
    "autoenc_b100": lambda: chain(worker.AUTOENCODER, jax.nn.sigmoid),
}

batches = list(worker.batches(workload))
if workload in ["lstm_b32", "charrnn"]:
    batches = [(np.swapaxes(x, 0, 1), y) for x, y in batches]
if workload == "charrnn":
    batches = [(x, np.swapaxes(y, 0, 1).ravel()) for x, y in batches]
batches = [tuple(map(jnp.asarray, batch)) for batch in batches]


def cross_entropy(z, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1).mean()


def binary_cross_entropy(z, y):
    return (jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))).mean()


if workload == "rbm_b100":
    parameters = (draw(784, 500, scale=0.01), jnp.zeros(784), jnp.zeros(500))
    key = jax.random.key(0)

    @partial(jax.jit, donate_argnums=0)
    def train(p, key, x):
        w, v_bias, h_bias = p
        key, draws = jax.random.split(key)
        h0 = jax.nn.sigmoid(x @ w + h_bias)
        v1 = jax.nn.sigmoid(jax.random.bernoulli(draws, h0).astype(x.dtype) @ w.T + v_bias)
        h1 = jax.nn.sigmoid(v1 @ w + h_bias)
        w += 0.1 / len(x) * (x.T @ h0 - v1.T @ h1)
        return (w, v_bias + 0.1 * (x - v1).mean(0), h_bias + 0.1 * (h0 - h1).mean(0)), key

    def step(i):
        global parameters, key
        parameters, key = train(parameters, key, batches[i][0])
        parameters[0].block_until_ready()
else:
    parameters, forward = NETWORKS[workload]()
    if infer:
        one = [x[:, :1] if workload == "lstm_b32" else x[:1] for x, _ in batches]
        predict = jax.jit(forward)

        def step(i):
            predict(parameters, one[i]).block_until_ready()
    else:
        loss_of = binary_cross_entropy if workload == "autoenc_b100" else cross_entropy
        velocity = jax.tree.map(jnp.zeros_like, parameters)
        key = jax.random.key(0)

        @partial(jax.jit, donate_argnums=(0, 1))
        def train(p, v, key, x, y):
            key, draws = jax.random.split(key)
            further = (draws,) if workload == "alexnet_b16" else ()
            loss, slopes = jax.value_and_grad(lambda p: loss_of(forward(p, x, *further), y))(p)
            v = jax.tree.map(lambda v, g: 0.9 * v + g, v, slopes)
            return jax.tree.map(lambda p, v: p - 0.01 * v, p, v), v, key, loss

        def step(i):
            global parameters, velocity, key
            parameters, velocity, key, loss = train(parameters, velocity, key, *batches[i])
            return loss.block_until_ready()


worker.serve(step)
