"""How the time of our training step grows with its size: python3 benches/growth.py [--series NAME ..] [--threads N ..] [--rounds N]
[--out FILE]

Builds ours. Of each series (networks made at run time, the same step as everywhere) all sizes are started and asked in turn; each round
gives the growth of time from a size to the next, double one. Growth is held against that of the work (`work.py`): above 1, a step costs
more than its work tells. The tables name the worst neighbours of each series and the sizes at which further threads do harm;
`target/growth.json` has everything, and `plot.py` draws it.
"""

import argparse
import json
from pathlib import Path
from statistics import median

import work
from program import OURS, TARGET, Program, build
from table import markdown, short


def dense(*sizes):
    layers = [[{"layer": "Dense", "n": size}, {"layer": "Relu"}] for size in sizes]
    return {"name": "Mlp", "input": [784], "output": [10], "layers": [*sum(layers, []), {"layer": "Dense", "n": 10}]}


def lenet():
    convolutions = [({"layer": "Conv2d", "n": n, "kernel": 5}, {"layer": "MaxPool2d", "k": 2}) for n in (20, 50)]
    head = [{"layer": "Dense", "n": 500}, {"layer": "Relu"}, {"layer": "Dense", "n": 10}]
    return {"name": "LeNet", "input": [1, 28, 28], "output": [10], "layers": [*sum(convolutions, ()), *head]}


def lstm(units, steps):
    layers = [{"layer": "Lstm", "n": units}, {"layer": "Last"}, {"layer": "Dense", "n": 10}]
    return {"name": "LstmNet", "input": [steps, 64], "output": [10], "layers": layers}


def powers(first, last):
    return [1 << i for i in range(first.bit_length() - 1, last.bit_length())]


# What grows, its sizes; batch, network and products of one example at a size.
SERIES = {
    "784-128-10": ("batch", powers(1, 4096), lambda n: (n, dense(128), work.chain([784, 128, 10]))),
    "784-500-10": ("batch", powers(1, 4096), lambda n: (n, dense(500), work.chain([784, 500, 10]))),
    "LeNet": ("batch", powers(1, 4096), lambda n: (n, lenet(), work.lenet())),
    "784-n-n-10, batch 32": ("width", powers(16, 4096), lambda n: (32, dense(n, n), work.chain([784, n, n, 10]))),
    "LSTM 64, batch 8": ("steps", powers(8, 1024), lambda n: (8, lstm(64, n), work.lstm(64, 64, n))),
    "LSTM 256, batch 16": ("steps", powers(8, 1024), lambda n: (16, lstm(256, n), work.lstm(64, 256, n))),
    "LSTM n, 64 steps, batch 16": ("width", powers(16, 1024), lambda n: (16, lstm(n, 64), work.lstm(64, n, 64))),
}


def measure(name, threads, rounds):
    grows, sizes, at = SERIES[name]
    programs, works = [], []
    for size in sizes:
        batch, network, products = at(size)
        command = [OURS, json.dumps(network), str(threads), str(batch)]
        programs.append(Program(f"{name} at {size}", command, seconds=0.2))
        works.append(work.training(batch, products))
    times = [[program.steps(program.n) for program in programs] for _ in range(rounds)]
    for program in programs:
        program.end()
    for i, size in enumerate(sizes):
        row = {"series": name, "grows": grows, "threads": threads, "size": size, "operations": works[i]}
        row["ms"] = round(median(ms[i] for ms in times), 5)
        if i > 0:
            growth = sorted(ms[i] / ms[i - 1] for ms in times)
            row |= {"growth": round(median(growth), 3), "growth_min": round(growth[0], 3), "growth_max": round(growth[-1], 3)}
            row["work_growth"] = round(works[i] / works[i - 1], 3)
        yield row


# What is above this in every round is no noise: 2.2 where the work doubles.
NOISE = 1.1


def excess(row, growth="growth"):
    """Growth of the time over that of the work."""
    return row[growth] / row["work_growth"]


def rate(row):
    """GFLOP/s."""
    return row["operations"] / row["ms"] / 1e6


def rate(row):
    """GFLOP/s."""
    return row["operations"] / row["ms"] / 1e6


def steepest(lines, worst):
    yield ["series", "threads", "grows", "ms", "time grew", "work grew", "over", "GFLOP/s"]
    for (series, threads), line in lines.items():
        for before, row in sorted(zip(line, line[1:]), key=lambda pair: -excess(pair[1]))[:worst]:
            yield [
                series, threads, f"{row['grows']} {before['size']} to {row['size']}", f"{short(before['ms'])} to {short(row['ms'])}",
                f"{row['growth']:.2f} ({row['growth_min']:.2f} to {row['growth_max']:.2f})", f"{row['work_growth']:.2f}",
                f"{excess(row):.2f}", f"{rate(before):.1f} to {rate(row):.1f}",
            ]


def hindered(lines):
    """Sizes at which further threads do harm."""
    yield ["series", "size", "ms, 1 thread", "further threads"]
    for (series, threads), line in lines.items():
        ones = {row["size"]: row["ms"] for row in lines.get((series, 1), [])}
        for row in line:
            one = ones.get(row["size"], row["ms"])
            if NOISE * one < row["ms"]:
                yield [series, f"{row['grows']} {row['size']}", short(one), f"{short(row['ms'])} on {threads}"]


def tables(rows, worst=2):
    lines = {}
    for row in rows:
        lines.setdefault((row["series"], row["threads"]), []).append(row)
    return markdown(steepest(lines, worst)) + "\n\n" + markdown(hindered(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", nargs="+", choices=list(SERIES), default=list(SERIES), help="all of them unless said")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=TARGET / "growth.json")
    args = parser.parse_args()
    build()
    rows = []
    for name in args.series:
        for threads in args.threads:
            rows += measure(name, threads, args.rounds)
            print(f"{name}, {threads} threads: done", flush=True)
            args.out.write_text(json.dumps(rows, indent=1) + "\n")
    print("\n" + tables(rows))


if __name__ == "__main__":
    main()
