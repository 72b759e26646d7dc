"""Golden values of the operations, computed by PyTorch in float64: `python3 make.py > operations.json`.

For each case: the inputs, the output, and the gradients of `sum(weights * output)` by the differentiable inputs.
"""

import json
import platform

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(20261123)
cases = []


def normal(*sizes):
    return torch.randn(sizes, generator=generator)


def uniform(*sizes):
    return torch.rand(sizes, generator=generator)


def tensor(value):
    return {"dims": list(value.shape), "values": [float(f"{v:.17g}") for v in value.detach().flatten().tolist()]}


def case(op, inputs, function, fixed=(), statistics=None, **settings):
    """`fixed` are the numbers of inputs without gradient; `statistics` the running ones after an update."""
    inputs = [i.clone().requires_grad_(n not in fixed) for n, i in enumerate(inputs)]
    output = function(*inputs)
    weights = normal(*output.shape)
    (weights * output).sum().backward()
    cases.append({
        "op": op,
        "settings": settings,
        "inputs": [tensor(i) for i in inputs],
        "fixed": list(fixed),
        "weights": tensor(weights),
        "output": tensor(output),
        "gradients": [None if n in fixed else tensor(i.grad) for n, i in enumerate(inputs)],
        "statistics": [tensor(s) for s in statistics()] if statistics else [],
    })


# Elementwise.
x = normal(3, 5)
case("relu", [x], F.relu)
case("leaky_relu", [x], lambda x: F.leaky_relu(x, 0.1), a=0.1)
case("elu", [x], lambda x: F.elu(x, 0.7), a=0.7)
case("gelu", [2 * x], F.gelu)
case("silu", [x], F.silu)
case("activate", [2 * x], F.mish)
case("sigmoid", [3 * x], torch.sigmoid)
case("tanh", [2 * x], torch.tanh)
case("softplus", [4 * x], F.softplus)
case("affine", [x], lambda x: -1.5 * x + 0.25, scale=-1.5, shift=0.25)
case("exp", [x], torch.exp)
case("ln", [0.5 + uniform(3, 5)], torch.log)
case("sqrt", [0.5 + uniform(3, 5)], torch.sqrt)
case("power", [0.5 + uniform(3, 5)], lambda x: x ** 1.7, p=1.7)
case("power", [x], lambda x: x ** 3, p=3.0)
case("power", [x], lambda x: x ** -2, p=-2.0)
case("abs", [x], torch.abs)
case("sin", [3 * x], torch.sin)
case("cos", [3 * x], torch.cos)
case("clamp", [x], lambda x: x.clamp(-0.5, 0.7), low=-0.5, high=0.7)
case("prelu", [normal(2, 3, 2, 2), normal(3)], F.prelu)
case("prelu", [normal(4, 3), normal(3)], F.prelu)
for name in ["maximum", "minimum"]:
    case(name, [normal(2, 3), normal(2, 3)], getattr(torch, name))
    case(name, [normal(2, 1, 3), normal(4, 1)], getattr(torch, name))
    case(name, [torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 3.0, 3.0])], getattr(torch, name))
for name, function in [("add", torch.add), ("sub", torch.sub), ("mul", torch.mul), ("div", torch.div)]:
    case(name, [normal(2, 3), 1 + uniform(2, 3)], function)
    case(name, [normal(2, 3), 1 + uniform(3)], function)
    case(name, [normal(2, 1), 1 + uniform(1, 3)], function)
case("softmax", [normal(3, 4)], lambda x: F.softmax(x, 1), axis=1)
case("softmax", [normal(2, 3, 2, 2)], lambda x: F.softmax(x, 1), axis=1)
case("log_softmax", [30 * normal(3, 4)], lambda x: F.log_softmax(x, 1), axis=1)
case("log_softmax", [normal(2, 3, 2, 2)], lambda x: F.log_softmax(x, 1), axis=1)

# Products.
case("linear", [normal(5, 7), normal(3, 7), normal(3)], F.linear)
case("linear", [normal(2, 3, 4), normal(5, 4), normal(5)], F.linear)
case("matmul", [normal(5, 7), normal(7, 3)], torch.matmul, transposed=False)
case("matmul", [normal(2, 3, 4), normal(5, 4)], lambda x, w: x @ w.T, transposed=True)
windows = [
    (dict(stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1), (2, 3, 6, 5), (4, 3, 3, 2)),
    (dict(stride=(2, 1), padding=(1, 2), dilation=(1, 1), groups=1), (2, 2, 7, 5), (3, 2, 3, 5)),
    (dict(stride=(1, 2), padding=(2, 1), dilation=(2, 1), groups=1), (1, 2, 6, 7), (3, 2, 3, 2)),
    (dict(stride=(1, 1), padding=(1, 1), dilation=(1, 1), groups=2), (2, 4, 5, 5), (6, 2, 3, 3)),
    (dict(stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=3), (2, 3, 4, 4), (6, 1, 2, 2)),
    (dict(stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1), (2, 5, 3, 3), (4, 5, 1, 1)),
]
for options, image, weight in windows:
    x, w, b = normal(*image), normal(*weight), normal(weight[0])
    case("conv2d", [x, w], lambda x, w: F.conv2d(x, w, None, **options), **options)
    case("conv2d_bias", [x, w, b], lambda x, w, b: F.conv2d(x, w, b, **options), **options)

# Pooling.
pools = [
    dict(kernel=(2, 2), stride=(2, 2), padding=(0, 0), ceil=False),
    dict(kernel=(3, 2), stride=(2, 1), padding=(1, 0), ceil=False),
    dict(kernel=(3, 3), stride=(2, 2), padding=(1, 1), ceil=True),
    dict(kernel=(3, 2), stride=(2, 2), padding=(0, 1), ceil=True),
]
for p in pools:
    x = normal(2, 2, 6, 7)
    case("max_pool2d", [x], lambda x: F.max_pool2d(x, p["kernel"], p["stride"], p["padding"], ceil_mode=p["ceil"]), **p)
    case("avg_pool2d", [x], lambda x: F.avg_pool2d(x, p["kernel"], p["stride"], p["padding"], ceil_mode=p["ceil"]), **p)
case("global_avg_pool2d", [normal(2, 3, 4, 5)], lambda x: x.mean((2, 3)))

# Normalization.
case("lrn", [normal(2, 7, 2, 2)], lambda x: F.local_response_norm(x, 5, 0.8, 0.75, 2.0), size=5, alpha=0.8, beta=0.75, k=2.0)
case("lrn", [normal(1, 2, 2, 3)], lambda x: F.local_response_norm(x, 3, 0.1, 0.5, 1.0), size=3, alpha=0.1, beta=0.5, k=1.0)
case("lrn_within", [normal(2, 2, 5, 4)],
     lambda x: x / (1.0 + 0.9 * F.avg_pool2d(x * x, 3, 1, 1)) ** 0.75, size=3, alpha=0.9, beta=0.75, k=1.0)
for sizes in [(4, 3, 2, 2), (6, 3), (1, 3, 5, 1)]:
    mean, variance = normal(3), 0.5 + uniform(3)
    running = [mean.clone(), variance.clone()]
    case("batch_norm", [normal(*sizes), normal(3), normal(3), mean, variance],
         lambda x, w, b, m, v: F.batch_norm(x, running[0], running[1], w, b, True, 0.1, 1e-3),
         fixed=(3, 4), statistics=lambda: running, eps=1e-3)
    case("normalize", [normal(*sizes), normal(3), normal(3), mean, variance],
         lambda x, w, b, m, v: F.batch_norm(x, m, v, w, b, False, 0.1, 1e-3), fixed=(3, 4), eps=1e-3)
case("layer_norm", [normal(3, 5)], lambda x: F.layer_norm(x, (5,), eps=1e-3), axes=1, eps=1e-3)
case("layer_norm", [normal(2, 2, 3, 2)], lambda x: F.layer_norm(x, (2, 3, 2), eps=1e-5), axes=3, eps=1e-5)

# Losses.
for smoothing in [0.0, 0.1]:
    x, t = 5 * normal(4, 6), torch.tensor([5.0, 0.0, 2.0, 2.0])
    case("softmax_cross_entropy", [x, t], lambda x, t: F.cross_entropy(x, t.long(), label_smoothing=smoothing),
         fixed=(1,), smoothing=smoothing)
x, t = normal(2, 3, 4), torch.tensor([[3.0, 0.0, 1.0], [2.0, 2.0, 0.0]])
case("softmax_cross_entropy", [x, t], lambda x, t: F.cross_entropy(x.mT, t.long(), label_smoothing=0.2),
     fixed=(1,), smoothing=0.2)
for smoothing, sizes in [(0.0, (5, 4)), (0.2, (5, 4)), (0.2, (2, 3, 4))]:
    x, w = normal(*sizes), torch.tensor([0.5, 2.0, 0.0, 1.5])
    t = torch.tensor([0.0, 2.0, 3.0, 1.0, 2.0]) if len(sizes) == 2 else torch.tensor([[3.0, 0.0, 1.0], [2.0, 2.0, 0.0]])
    case("softmax_cross_entropy", [x, t, torch.ones(t.shape), w],
         lambda x, t, r, w: F.cross_entropy(x if x.ndim == 2 else x.mT, t.long(), w, label_smoothing=smoothing),
         fixed=(1, 2, 3), smoothing=smoothing)
x, t = torch.tensor([[800.0, -800.0, 0.0]]), torch.tensor([1.0])
case("softmax_cross_entropy", [x, t], lambda x, t: F.cross_entropy(x, t.long()), fixed=(1,), smoothing=0.0)
x, t = torch.tensor([800.0, -800.0, 0.0, 30.0]), torch.tensor([0.0, 1.0, 0.25, 1.0])
case("binary_cross_entropy", [x, t], F.binary_cross_entropy_with_logits, fixed=(1,))
x, t = 3 * normal(3, 4), uniform(3, 4)
case("binary_cross_entropy", [x, t], F.binary_cross_entropy_with_logits, fixed=(1,))
case("mean_squared_error", [x, t], F.mse_loss, fixed=(1,))
case("mean_absolute_error", [x, t], F.l1_loss, fixed=(1,))
case("huber", [x, t], lambda x, t: F.huber_loss(x, t, delta=0.8), fixed=(1,), delta=0.8)

# Shapes and sums.
case("concat", [normal(2, 3, 2), normal(2, 1, 2), normal(2, 2, 2)], lambda *x: torch.cat(x, 1), axis=1)
case("concat", [normal(2, n) for n in range(1, 10)], lambda *x: torch.cat(x, 1), axis=1)
case("concat", [normal(2, 3), normal(4, 3)], lambda *x: torch.cat(x, 0), axis=0)
case("permute", [normal(2, 3, 4, 1)], lambda x: x.permute(2, 0, 3, 1), axes=[2, 0, 3, 1])
case("slice", [normal(3, 5, 2)], lambda x: x[:, 1:4], axis=1, start=1, end=4)
case("reshape", [normal(2, 6)], lambda x: x.reshape(3, 4), dims=[3, 4])
case("sum", [normal(3, 4)], torch.sum, mean=False)
case("sum", [normal(3, 4)], torch.mean, mean=True)
for axis in range(3):
    case("sum_axis", [normal(2, 3, 4)], lambda x: x.sum(axis), axis=axis, mean=False)
    case("sum_axis", [normal(2, 3, 4)], lambda x: x.mean(axis), axis=axis, mean=True)
    case("max_axis", [normal(2, 3, 4)], lambda x: x.max(axis).values, axis=axis)

# Recurrent layers. Those of one direction are half of PyTorch's bidirectional ones, whose two halves are given the same weights.
none = torch.zeros(0)
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def recurrent(op, reverse, activation, x, w, u, b, b_hidden, h0, c0, lengths):
    n = u.shape[1]
    options = dict(nonlinearity=activation) if op == "rnn" else {}
    kind = dict(rnn=torch.nn.RNN, lstm=torch.nn.LSTM, gru=torch.nn.GRU)[op]
    module = kind(x.shape[2], n, batch_first=True, bidirectional=True, **options)
    inner = torch.zeros(GATES[op] * n) if b_hidden is None else torch.cat([torch.zeros(2 * n), b_hidden])
    weights = {}
    for end in ["l0", "l0_reverse"]:
        weights |= {f"weight_ih_{end}": w, f"weight_hh_{end}": u, f"bias_ih_{end}": b, f"bias_hh_{end}": inner}
    both = lambda state: (torch.zeros(x.shape[0], n) if state.shape == (0,) else state).expand(2, -1, -1).contiguous()
    state = (both(h0), both(c0)) if op == "lstm" else both(h0)
    padded = lengths.shape != (0,)
    if padded:
        x = torch.nn.utils.rnn.pack_padded_sequence(x, lengths.long(), batch_first=True, enforce_sorted=False)
    y, _ = torch.func.functional_call(module, weights, (x, state))
    if padded:
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=5)
    return y[..., n:] if reverse else y[..., :n]


def absent(inputs, *always):
    return tuple(n for n, i in enumerate(inputs) if i.shape == (0,) or n in always)


B, T, K, N = 3, 5, 3, 4
for op, activation in [("rnn", "tanh"), ("rnn", "relu"), ("lstm", None), ("gru", None)]:
    for reverse in [False, True]:
        for with_state in [False, True]:
            for padded in [False, True]:
                g = GATES[op]
                x, w, u, b = normal(B, T, K), normal(g * N, K), normal(g * N, N) / 2, normal(g * N)
                h0, c0 = (normal(B, N), normal(B, N)) if with_state else (none, none)
                lengths = torch.tensor([3.0, 5.0, 1.0]) if padded else none
                settings = dict(reverse=reverse)
                if op == "rnn":
                    inputs, settings["activation"] = [x, w, u, b, h0, lengths], activation
                    function = lambda x, w, u, b, h, l: recurrent(op, reverse, activation, x, w, u, b, None, h, none, l)
                elif op == "lstm":
                    inputs, settings["cell"] = [x, w, u, b, none, h0, c0, lengths], False
                    function = lambda x, w, u, b, p, h, c, l: recurrent(op, reverse, None, x, w, u, b, None, h, c, l)
                else:
                    inputs = [x, w, u, b, normal(N), h0, lengths]
                    function = lambda x, w, u, b, i, h, l: recurrent(op, reverse, None, x, w, u, b, i, h, none, l)
                case(op, inputs, function, fixed=absent(inputs, len(inputs) - 1), **settings)


def step_by_step(x, w, u, b, p, h, c, lengths):
    cell = torch.nn.LSTMCell(K, N)
    weights = dict(weight_ih=w, weight_hh=u, bias_ih=b, bias_hh=torch.zeros(4 * N))
    steps = []
    for t in range(T):
        h, c = torch.func.functional_call(cell, weights, (x[:, t], (h, c)))
        steps.append(torch.stack([h, c]))
    return torch.stack(steps, 2)


inputs = [normal(B, T, K), normal(4 * N, K), normal(4 * N, N) / 2, normal(4 * N), none, normal(B, N), normal(B, N), none]
case("lstm", inputs, step_by_step, fixed=absent(inputs, 7), reverse=False, cell=True)
case("last_step", [normal(3, 4, 2), none], lambda x, l: x[:, -1], fixed=(1,))
case("last_step", [normal(3, 4, 2), torch.tensor([2.0, 4.0, 1.0])], lambda x, l: x[torch.arange(3), l.long() - 1], fixed=(1,))
case("embedding", [torch.tensor([[1.0, 4.0, 1.0], [0.0, 2.0, 4.0]]), normal(5, 3)],
     lambda i, table: F.embedding(i.long(), table), fixed=(0,))

# Transposed convolution; the generator begins anew, so that cases before do not change these.
generator.manual_seed(41)
for options, image, weight in [
    (dict(stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1), (2, 3, 3, 2), (3, 2, 2, 3)),
    (dict(stride=(2, 3), padding=(1, 0), dilation=(1, 2), groups=1), (2, 2, 3, 4), (2, 3, 3, 2)),
    (dict(stride=(2, 1), padding=(0, 0), dilation=(1, 1), groups=2), (1, 4, 3, 2), (4, 3, 2, 2)),
    (dict(stride=(3, 2), padding=(0, 0), dilation=(1, 1), groups=1), (2, 1, 2, 3), (1, 2, 2, 1)),
]:
    x, w, b = normal(*image), normal(*weight), normal(weight[1] * options["groups"])
    case("conv_transpose2d", [x, w], lambda x, w: F.conv_transpose2d(x, w, None, **options), **options)
    case("conv_transpose2d_bias", [x, w, b], lambda x, w, b: F.conv_transpose2d(x, w, b, **options), **options)

# Losses with weights of rows: what is left out by a weight of 0 may be anything.
generator.manual_seed(42)


def weighted(loss):
    def function(x, t, w):
        price = loss(x, t)
        price = price.flatten(w.ndim).mean(-1) if w.ndim < price.ndim else price
        return (w * price).sum() / w.sum()
    return function


x, t, w = normal(2, 3, 4), torch.tensor([[3.0, 0.0, 1.0], [2.0, 2.0, 0.0]]), torch.tensor([[1.0, 1.0, 0.0], [0.5, 0.0, 0.0]])
for smoothing in [0.0, 0.2]:
    loss = lambda x, t: F.cross_entropy(x.mT, t.long(), label_smoothing=smoothing, reduction="none")
    case("softmax_cross_entropy", [x, t, w], weighted(loss), fixed=(1, 2), smoothing=smoothing)
x, t = 2 * normal(3, 4), uniform(3, 4)
for w in [torch.tensor([2.0, 0.5, 1.0]), uniform(3, 4)]:
    for op, loss, settings in [
        ("binary_cross_entropy", F.binary_cross_entropy_with_logits, {}),
        ("mean_squared_error", F.mse_loss, {}),
        ("mean_absolute_error", F.l1_loss, {}),
        ("huber", lambda x, t, reduction: F.huber_loss(x, t, reduction, 0.8), dict(delta=0.8)),
    ]:
        case(op, [x, t, w], weighted(lambda x, t: loss(x, t, reduction="none")), fixed=(1, 2), **settings)

print(json.dumps({
    "made_by": "ann-autodiff/tests/golden/make.py",
    "torch": torch.__version__,
    "python": platform.python_version(),
    "cases": cases,
}, separators=(",", ":")))
