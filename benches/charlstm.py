"""The network of the example `lstm` in PyTorch: the same batches, optimizer, schedule and number of steps.

    cargo run --release --example lstm -- --data TEXT --epochs 0 --save start.safetensors
    python3 benches/charlstm.py TEXT [--start start.safetensors] [--epochs N] [--rows N] [--seed N] [--threads N]

With `--start` it begins with the same weights as the example, else as PyTorch begins.

The first nine tenths of the text are trained on, cut into ROWS parts of which each batch takes the next 64 characters, the state
carried from batch to batch and set to zero when an epoch begins. The last tenth is evaluated in the same way after each epoch.
Prints a line an epoch: nats a character while training, and on the last tenth.
"""

import argparse
import json
import math
import struct
import time

import torch
from torch import nn

VOCABULARY = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STEPS = 64


class CharLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(65, 64)
        self.lstm = nn.LSTM(64, 256, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.out = nn.Linear(256, 65)
        # A forget gate that is open at first, as ours is; PyTorch adds two biases.
        with torch.no_grad():
            self.lstm.bias_ih_l0[256:512] = 1.0
            self.lstm.bias_hh_l0[256:512] = 0.0

    def forward(self, x, state):
        y, state = self.lstm(self.embedding(x), state)
        return self.out(self.dropout(y)), state


def load(net, path):
    """Weights of the example, a safetensors file: the length of a JSON header, the header, the numbers."""
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header, data = json.loads(data[8 : 8 + length]), data[8 + length :]

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        return torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(header[name]["shape"])

    with torch.no_grad():
        net.embedding.weight.copy_(tensor("embedding1.weight"))
        net.lstm.weight_ih_l0.copy_(tensor("lstm1.weight"))
        net.lstm.weight_hh_l0.copy_(tensor("lstm1.recurrent"))
        net.lstm.bias_ih_l0.copy_(tensor("lstm1.bias"))
        net.lstm.bias_hh_l0.zero_()
        # PyTorch has two biases where one does: the second stands still.
        net.lstm.bias_hh_l0.requires_grad_(False)
        net.out.weight.copy_(tensor("dense1.weight"))
        net.out.bias.copy_(tensor("dense1.bias"))


def windows(tokens, rows):
    """The batches of an epoch: [rows, STEPS] tokens and those that follow them."""
    count = (len(tokens) - 1) // rows // STEPS
    parts = [tokens[row * count * STEPS:][: count * STEPS + 1] for row in range(rows)]
    for number in range(count):
        at = number * STEPS
        yield (torch.stack([p[at : at + STEPS] for p in parts]), torch.stack([p[at + 1 : at + STEPS + 1] for p in parts]))


def evaluate(net, tokens, rows):
    net.eval()
    state, total, count = None, 0.0, 0
    with torch.no_grad():
        for x, t in windows(tokens, rows):
            y, state = net(x, state)
            total += nn.functional.cross_entropy(y.flatten(0, 1), t.flatten()).item()
            count += 1
    net.train()
    return total / count


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("text")
    arguments.add_argument("--start")
    arguments.add_argument("--epochs", type=int, default=20)
    arguments.add_argument("--rows", type=int, default=32)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--threads", type=int, default=2)
    arguments = arguments.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    text = open(arguments.text).read()
    tokens = torch.tensor([VOCABULARY.index(c) for c in text])
    # As the example cuts: nine tenths of the characters, rounded down.
    cut = len(tokens) * 9 // 10
    train, held_out = tokens[:cut], tokens[cut:]
    rows = arguments.rows
    net = CharLstm()
    if arguments.start:
        load(net, arguments.start)
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.002, eps=1e-8)
    total = arguments.epochs * ((len(train) - 1) // rows // STEPS)
    step = 0
    for epoch in range(1, arguments.epochs + 1):
        began, state, sum_of_losses, count = time.time(), None, 0.0, 0
        for x, t in windows(train, rows):
            for group in optimizer.param_groups:
                group["lr"] = 0.002 * 0.5 * (1 + math.cos(math.pi * step / total))
            y, state = net(x, state)
            state = tuple(s.detach() for s in state)
            loss = nn.functional.cross_entropy(y.flatten(0, 1), t.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            sum_of_losses += loss.item()
            count += 1
            step += 1
        seconds = time.time() - began
        print(f"epoch {epoch:2}  {seconds:6.1f} s  loss {sum_of_losses / count:.4f}  held out {evaluate(net, held_out, rows):.4f}", flush=True)


main()
