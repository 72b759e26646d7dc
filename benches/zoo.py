"""The networks of `ann-zoo` in PyTorch under the same weights: output, loss and every parameter's gradient.

    cargo build --release -p ann-benches --bin zoo
    python3 benches/zoo.py [f32|f64] [NETWORK ..]

For each network the largest error of the output and of any gradient, each relative to the largest number of that tensor, is
printed, and the parameter whose gradient is furthest off. Batches of two; dropout is off, batch normalization as in training.
The networks are written here from the papers and Caffe's files, layer by layer, from plain modules of PyTorch.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def read_safetensors(path):
    """The tensors of a file by name: a length, a header in JSON, the numbers."""
    bytes_ = path.read_bytes()
    length = int.from_bytes(bytes_[:8], "little")
    header, numbers = json.loads(bytes_[8:8 + length]), bytes_[8 + length:]
    kinds = {"F32": "<f4", "F64": "<f8"}
    return {
        name: np.frombuffer(numbers[slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


def conv(i, o, k, **options):
    return nn.Conv2d(i, o, k, **options)


def lrn():
    return nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)


def pool(k, s, **options):
    return nn.MaxPool2d(k, s, **options)


class Named(nn.Module):
    """Layers one after the other; those with a name are modules of that name."""

    def __init__(self, *layers):
        super().__init__()
        self.order = []
        for number, layer in enumerate(layers):
            name, module = layer if isinstance(layer, tuple) else (f"_{number}", layer)
            self.add_module(name, module)
            self.order.append(name)

    def forward(self, x):
        for name in self.order:
            x = getattr(self, name)(x)
        return x


class Flatten(nn.Module):
    def forward(self, x):
        return x.flatten(1)


class GlobalAverage(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


R = nn.ReLU


def lenet():
    return Named(("conv1", conv(1, 20, 5)), pool(2, 2), ("conv2", conv(20, 50, 5)), pool(2, 2), Flatten(),
                 ("fc1", nn.Linear(800, 500)), R(), ("fc2", nn.Linear(500, 10)))


def alexnet(pool_first=False):
    def end():
        layers = [lrn(), pool(3, 2, ceil_mode=True)]
        return layers[::-1] if pool_first else layers
    return Named(("conv1", conv(3, 96, 11, stride=4)), R(), *end(),
                 ("conv2", conv(96, 256, 5, padding=2, groups=2)), R(), *end(),
                 ("conv3", conv(256, 384, 3, padding=1)), R(),
                 ("conv4", conv(384, 384, 3, padding=1, groups=2)), R(),
                 ("conv5", conv(384, 256, 3, padding=1, groups=2)), R(), pool(3, 2, ceil_mode=True), Flatten(),
                 ("fc6", nn.Linear(9216, 4096)), R(), ("fc7", nn.Linear(4096, 4096)), R(), ("fc8", nn.Linear(4096, 1000)))


def vgg16():
    layers, i = [], 3
    for stage, (count, o) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], 1):
        for number in range(1, count + 1):
            layers += [(f"conv{stage}_{number}", conv(i, o, 3, padding=1)), R()]
            i = o
        layers.append(pool(2, 2))
    return Named(*layers, Flatten(), ("fc6", nn.Linear(25088, 4096)), R(), ("fc7", nn.Linear(4096, 4096)), R(),
                 ("fc8", nn.Linear(4096, 1000)))


class Basic(nn.Module):
    def __init__(self, i, c, stride=1):
        super().__init__()
        self.conv1, self.bn1 = conv(i, c, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = conv(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)
        if stride != 1:
            self.downsample, self.shortcut = conv(i, c, 1, stride=stride, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.shortcut(self.downsample(x)) if hasattr(self, "downsample") else x))


class Bottleneck(nn.Module):
    def __init__(self, i, c, m, stride=1, project=False):
        super().__init__()
        self.conv1, self.bn1 = conv(i, m, 1, bias=False), nn.BatchNorm2d(m)
        self.conv2, self.bn2 = conv(m, m, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(m)
        self.conv3, self.bn3 = conv(m, c, 1, bias=False), nn.BatchNorm2d(c)
        if project:
            self.downsample, self.shortcut = conv(i, c, 1, stride=stride, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + (self.shortcut(self.downsample(x)) if hasattr(self, "downsample") else x))


def resnet_stem():
    return ("conv1", conv(3, 64, 7, stride=2, padding=3, bias=False)), ("bn1", nn.BatchNorm2d(64)), R(), pool(3, 2, padding=1)


def resnet18():
    return Named(*resnet_stem(), ("layer1_1", Basic(64, 64)), ("layer1_2", Basic(64, 64)),
                 ("layer2_0", Basic(64, 128, 2)), ("layer2_1", Basic(128, 128)),
                 ("layer3_0", Basic(128, 256, 2)), ("layer3_1", Basic(256, 256)),
                 ("layer4_0", Basic(256, 512, 2)), ("layer4_1", Basic(512, 512)), GlobalAverage(), ("fc", nn.Linear(512, 1000)))


def resnet50():
    layers, i = [], 64
    for stage, (count, m) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        layers.append((f"layer{stage}_0", Bottleneck(i, 4 * m, m, 1 if stage == 1 else 2, True)))
        i = 4 * m
        layers += [(f"layer{stage}_{number}", Bottleneck(i, i, m)) for number in range(1, count)]
    return Named(*resnet_stem(), *layers, GlobalAverage(), ("fc", nn.Linear(2048, 1000)))


class Fire(nn.Module):
    def __init__(self, i, q, e):
        super().__init__()
        self.squeeze, self.expand1x1, self.expand3x3 = conv(i, q, 1), conv(q, e, 1), conv(q, e, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.expand1x1(x)), F.relu(self.expand3x3(x))], 1)


def squeezenet():
    p = lambda: pool(3, 2, ceil_mode=True)
    return Named(("conv1", conv(3, 64, 3, stride=2)), R(), p(), ("fire2", Fire(64, 16, 64)), ("fire3", Fire(128, 16, 64)), p(),
                 ("fire4", Fire(128, 32, 128)), ("fire5", Fire(256, 32, 128)), p(),
                 ("fire6", Fire(256, 48, 192)), ("fire7", Fire(384, 48, 192)),
                 ("fire8", Fire(384, 64, 256)), ("fire9", Fire(512, 64, 256)),
                 ("conv10", conv(512, 1000, 1)), R(), GlobalAverage())


def separable(i, o, stride=1):
    return Named(("depthwise", conv(i, i, 3, stride=stride, padding=1, groups=i, bias=False)), ("bn1", nn.BatchNorm2d(i)), R(),
                 ("pointwise", conv(i, o, 1, bias=False)), ("bn2", nn.BatchNorm2d(o)), R())


def mobilenet():
    return Named(("conv1", conv(3, 32, 3, stride=2, padding=1, bias=False)), ("bn1", nn.BatchNorm2d(32)), R(),
                 ("conv2", separable(32, 64)), ("conv3", separable(64, 128, 2)), ("conv4", separable(128, 128)),
                 ("conv5", separable(128, 256, 2)), ("conv6", separable(256, 256)), ("conv7", separable(256, 512, 2)),
                 *[(f"conv8_{number}", separable(512, 512)) for number in range(1, 6)],
                 ("conv9", separable(512, 1024, 2)), ("conv10", separable(1024, 1024)), GlobalAverage(),
                 ("fc", nn.Linear(1024, 1000)))


class Inception(nn.Module):
    def __init__(self, i, a, b, c, d, e, p):
        super().__init__()
        self.conv1x1 = conv(i, a, 1)
        self.reduce3x3, self.conv3x3 = conv(i, b, 1), conv(b, c, 3, padding=1)
        self.reduce5x5, self.conv5x5 = conv(i, d, 1), conv(d, e, 5, padding=2)
        self.project = conv(i, p, 1)

    def forward(self, x):
        branches = [self.conv1x1(x), self.conv3x3(F.relu(self.reduce3x3(x))), self.conv5x5(F.relu(self.reduce5x5(x))),
                    self.project(F.max_pool2d(x, 3, 1, 1))]
        return F.relu(torch.cat(branches, 1))


def head(i):
    return Named(nn.AvgPool2d(5, 3, ceil_mode=True), ("conv", conv(i, 128, 1)), R(), Flatten(), ("fc", nn.Linear(2048, 1024)), R(),
                 ("classifier", nn.Linear(1024, 1000)))


class GoogLeNet(nn.Module):
    """In training mode the outputs of both heads follow that of the network."""

    def __init__(self):
        super().__init__()
        p = lambda: pool(3, 2, ceil_mode=True)
        self.conv1, self.reduce2, self.conv2 = conv(3, 64, 7, stride=2, padding=3), conv(64, 64, 1), conv(64, 192, 3, padding=1)
        self.norm1, self.norm2, self.pool = lrn(), lrn(), p()
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.head1, self.head2, self.classifier = head(512), head(528), nn.Linear(1024, 1000)

    def forward(self, x):
        x = self.norm1(self.pool(F.relu(self.conv1(x))))
        x = self.pool(self.norm2(F.relu(self.conv2(F.relu(self.reduce2(x))))))
        x = self.inception4a(self.pool(self.inception3b(self.inception3a(x))))
        head1 = self.head1(x)
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        head2 = self.head2(x)
        x = self.inception5b(self.inception5a(self.pool(self.inception4e(x))))
        x = self.classifier(F.avg_pool2d(x, 7).flatten(1))
        return (x, head1, head2) if self.training else x


NETWORKS = {
    "LeNet": (lenet, (1, 28, 28)),
    "AlexNet": (alexnet, (3, 227, 227)),
    "CaffeNet": (lambda: alexnet(True), (3, 227, 227)),
    "Vgg16": (vgg16, (3, 224, 224)),
    "GoogLeNet": (GoogLeNet, (3, 224, 224)),
    "ResNet18": (resnet18, (3, 224, 224)),
    "ResNet50": (resnet50, (3, 224, 224)),
    "SqueezeNet": (squeezenet, (3, 227, 227)),
    "MobileNet": (mobilenet, (3, 224, 224)),
}
STATISTICS = {"mean": "running_mean", "variance": "running_var"}


def error(found, expected):
    """The largest difference, relative to the largest number."""
    expected = expected.detach().double().numpy().ravel()
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300))


def compare(name, precision, folder):
    subprocess.run(["target/release/zoo", "write", name, folder, precision], check=True)
    dtype = torch.float64 if precision == "f64" else torch.float32
    make, size = NETWORKS[name]
    torch.set_default_dtype(dtype)
    net = make()
    numbers = lambda file: np.fromfile(Path(folder) / file, "<f8")
    weights = read_safetensors(Path(folder) / "weights.safetensors")
    state = net.state_dict()
    names = (Path(folder) / "names").read_text().split()

    def theirs(ours):
        before, last = ours.rsplit(".", 1)
        return f"{before}.{STATISTICS.get(last, last)}"

    given = {theirs(ours): torch.tensor(weights[ours], dtype=dtype) for ours in names}
    missing = [key for key in state if key not in given and not key.endswith("num_batches_tracked")]
    assert not missing and all(key in state for key in given), (missing, [key for key in given if key not in state])
    net.load_state_dict(given, strict=False)
    x = torch.tensor(numbers("input").reshape(2, *size), dtype=dtype)
    # Prediction: normalization by the running statistics.
    net.eval()
    with torch.no_grad():
        output = error(numbers("output"), net(x))
    net.train()
    found = net(x)
    found = found if isinstance(found, tuple) else (found,)
    labels = torch.tensor([(3 + 7 * i) % found[0].shape[1] for i in range(2)])
    loss = sum(weight * F.cross_entropy(y, labels) for weight, y in zip([1.0, 0.3, 0.3], found))
    loss.backward()
    gradients, at, worst, count = numbers("gradients"), 0, (0.0, ""), 0
    parameters = dict(net.named_parameters())
    for ours in names:
        length = weights[ours].size
        if theirs(ours) in parameters:
            parameter = parameters[theirs(ours)]
            worst = max(worst, (error(gradients[at:at + length], parameter.grad), ours))
            count += length
        at += length
    ours_loss = numbers("loss")[0]
    print(f"| {name} | {count} | {precision} | {output:.1e} | {abs(ours_loss - loss.item()) / loss.item():.1e} | "
          f"{worst[0]:.1e} | `{worst[1]}` |", flush=True)


def main():
    words = sys.argv[1:]
    precision = words.pop(0) if words and words[0] in ("f32", "f64") else "f32"
    print("| network | parameters | precision | output | loss | worst gradient | of |\n|---|---|---|---|---|---|---|")
    for name in words or NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            compare(name, precision, folder)


if __name__ == "__main__":
    main()
