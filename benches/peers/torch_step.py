"""PyTorch's step, to be told what to do by `peers.py`: torch_step.py WORKLOAD THREADS eager|compile [infer|autocast]"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

import worker

workload, threads, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
infer, autocast = ("infer" in sys.argv[4:]), ("autocast" in sys.argv[4:])
torch.set_num_threads(threads)
torch.manual_seed(0)


def chain(sizes, activation):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def lenet():
    convolutions = [nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2)]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def alexnet():
    """Caffe's bvlc_alexnet."""
    norm = lambda: nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)
    first = [nn.Conv2d(3, 96, 11, 4), nn.ReLU(), norm(), nn.MaxPool2d(3, 2)]
    second = [nn.Conv2d(96, 256, 5, 1, 2, groups=2), nn.ReLU(), norm(), nn.MaxPool2d(3, 2)]
    third = [nn.Conv2d(256, 384, 3, 1, 1), nn.ReLU(), nn.Conv2d(384, 384, 3, 1, 1, groups=2), nn.ReLU()]
    fifth = [nn.Conv2d(384, 256, 3, 1, 1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    dense = [nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*first, *second, *third, *fifth, *dense, nn.Linear(4096, 1000))


def resnet18():
    from torchvision.models import resnet18

    return resnet18()


class LstmNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 256), nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


class CharRnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.rnn, self.head = nn.Embedding(64, 64), nn.RNN(64, 128), nn.Linear(128, 64)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0]).flatten(0, 1)


NETWORKS = {
    "mlp_tiny_b32": lambda: chain([4, 5, 4, 3], nn.ReLU),
    "mlp_mnist_b32": lambda: chain([784, 128, 10], nn.ReLU),
    "mlp_big_b100": lambda: chain(worker.BIG, nn.ReLU),
    "mlp_big_b1000": lambda: chain(worker.BIG, nn.ReLU),
    "lenet_b64": lenet,
    "alexnet_b16": alexnet,
    "resnet18_b8": resnet18,
    "lstm_b32": LstmNet,
    "charrnn": CharRnn,
    "autoenc_b100": lambda: chain(worker.AUTOENCODER, nn.Sigmoid),
}

batches = [tuple(map(torch.from_numpy, batch)) for batch in worker.batches(workload)]
if workload in ["lstm_b32", "charrnn"]:
    # Time first, which is PyTorch's faster layout.
    batches = [(x.transpose(0, 1).contiguous(), y) for x, y in batches]
if workload == "charrnn":
    batches = [(x, y.transpose(0, 1).flatten()) for x, y in batches]

if workload == "rbm_b100":
    w, v_bias, h_bias = torch.randn(784, 500) * 0.01, torch.zeros(784), torch.zeros(500)

    @torch.no_grad()
    def step(i):
        x = batches[i][0]
        h0 = torch.sigmoid(torch.addmm(h_bias, x, w))
        v1 = torch.sigmoid(torch.addmm(v_bias, torch.bernoulli(h0), w.t()))
        h1 = torch.sigmoid(torch.addmm(h_bias, v1, w))
        w.addmm_(x.t(), h0, alpha=0.1 / len(x))
        w.addmm_(v1.t(), h1, alpha=-0.1 / len(x))
        v_bias.add_((x - v1).mean(0), alpha=0.1)
        h_bias.add_((h0 - h1).mean(0), alpha=0.1)

    step = torch.compile(step) if mode == "compile" else step
elif infer:
    network = NETWORKS[workload]().eval()
    network = torch.compile(network) if mode == "compile" else network
    one = [x[:, :1].contiguous() if workload == "lstm_b32" else x[:1] for x, _ in batches]

    def step(i):
        with torch.inference_mode():
            network(one[i])
else:
    network = NETWORKS[workload]()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    loss_of = F.binary_cross_entropy_with_logits if workload == "autoenc_b100" else F.cross_entropy

    def forward(x, y):
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            return loss_of(network(x), y)

    forward = torch.compile(forward) if mode == "compile" else forward

    def step(i):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(*batches[i])
        loss.backward()
        optimizer.step()
        return loss.item()


worker.serve(step)
