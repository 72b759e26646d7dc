"""Golden values of the small networks, computed by PyTorch in float64: `python3 make.py > small.txt`.

Weights and inputs are not stored but drawn by `numbers`, which the test has, too. A line each: the output, the loss, and of every
parameter's gradient its norm with its first, middle and last number.
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).parents[3] / "benches"))
from zoo import NETWORKS  # noqa: E402

torch.set_default_dtype(torch.float64)


def numbers(stream, count):
    """Between -0.5 and 0.5, by a hash of the stream and the place."""
    mask = np.uint64(0xFFFFFFFF)
    u = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(stream * 40503 + 12345)) & mask
    for _ in range(2):
        u = ((u ^ (u >> np.uint64(16))) * np.uint64(0x45D9F3B)) & mask
    u = u ^ (u >> np.uint64(16))
    return (u >> np.uint64(8)).astype(np.float64) / 2**24 - 0.5


for name in ["LeNet", "SqueezeNet"]:
    make, size = NETWORKS[name]
    net = make()
    # Parameters in the order of the layout: in that of the layers, weight before bias.
    for stream, (_, parameter) in enumerate(net.named_parameters()):
        fan_in = parameter[0].numel() if parameter.dim() > 1 else 600
        values = numbers(stream, parameter.numel()) * 2 * np.sqrt(6 / fan_in)
        parameter.data = torch.tensor(values).reshape(parameter.shape)
    x = torch.tensor(4 * numbers(999, 2 * int(np.prod(size)))).reshape(2, *size)
    y = net(x)
    loss = F.cross_entropy(y, torch.tensor([3, 7]))
    loss.backward()

    def line(*words):
        print(*[word if isinstance(word, str) else f"{word:.15e}" for word in words])

    line("network", name)
    line("output", *y.flatten().tolist()[:200])
    line("loss", loss.item())
    for parameter_name, parameter in net.named_parameters():
        gradient = parameter.grad.flatten()
        samples = [gradient[at].item() for at in (0, len(gradient) // 2, len(gradient) - 1)]
        line(parameter_name, gradient.norm().item(), *samples)
