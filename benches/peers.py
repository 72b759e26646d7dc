"""Our training steps and predictions beside those of PyTorch (eager and compiled) and JAX, measured alternately in one run.

    python3 benches/peers.py [--workload NAME ..] [--threads N ..] [--rounds N] [--peer NAME ..] [--out FILE]

Builds ours (`cargo build --release --package ann-benches`). A peer that is not installed is named and left out. All programs of a
workload are started, make their first steps and are then asked in turn for as many steps as take some three tenths of a second. Each
round gives a ratio, the peer's time over ours; the table and `target/peers.json` have their median, least and greatest. A step is
forward, loss, backward and update on a batch that changes every step; a prediction (`predict_..`) is of one example.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benches" / "peers"
STEPS = [
    "mlp_big_b100", "mlp_big_b1000", "mlp_mnist_b32", "mlp_tiny_b32", "lenet_b64", "alexnet_b16", "resnet18_b8", "lstm_b32", "charrnn",
    "autoenc_b100", "rbm_b100",
]
PREDICTIONS = ["predict_mlp_mnist", "predict_lenet", "predict_lstm"]
TRAINED = {"predict_mlp_mnist": "mlp_mnist_b32", "predict_lenet": "lenet_b64", "predict_lstm": "lstm_b32"}
SECONDS = 0.3


class Program:
    """A program that makes steps when it is told to."""

    def __init__(self, name, command):
        self.name, began = name, time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        first = self.answer()
        self.first_step_s = time.perf_counter() - began
        self.first_loss = first["loss"]
        # Compiled code has seen every batch, memory is there.
        self.steps(3)
        self.n = max(1, min(20000, int(SECONDS * 1e3 / max(self.steps(3), 1e-3))))

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}: {self.process.stderr.read().strip()[-400:]}")
        return json.loads(line)

    def steps(self, n):
        """Milliseconds a step."""
        print(n, file=self.process.stdin, flush=True)
        answer = self.answer()
        self.loss = answer["loss"]
        return answer["ms"]

    def end(self):
        print("end", file=self.process.stdin, flush=True)
        self.peak_mb = self.answer()["peak_mb"]
        self.process.wait()


def peers():
    """The peers that are installed: name, command without the workload."""
    known = {
        "torch_eager": ("torch", ["torch_step.py", "{workload}", "{threads}", "eager"]),
        "torch_compile": ("torch", ["torch_step.py", "{workload}", "{threads}", "compile"]),
        "jax_jit": ("jax", ["jax_step.py", "{workload}", "{threads}"]),
    }
    for name, (module, command) in known.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name}: `{module}` is not installed, left out")
        else:
            yield name, [sys.executable, str(PEERS / command[0]), *command[1:]]


def start(name, command, workload, threads):
    predicts = workload in TRAINED
    fill = {"workload": TRAINED.get(workload, workload), "threads": threads}
    return Program(name, [part.format(**fill) for part in command] + (["infer"] if predicts else []))


def measure(workload, threads, chosen, rounds):
    """A row a peer."""
    ours = start("ann", [str(built() / "steps"), "{workload}", "{threads}"], workload, threads)
    others = []
    for name, command in chosen:
        try:
            others.append(start(name, command, workload, threads))
        except RuntimeError as error:
            print(f"{workload}, {threads} threads: left out, {error}")
    programs = [ours, *others]
    times = {program.name: [] for program in programs}
    for number in range(rounds):
        # Whoever begins has another neighbour in time each round.
        for program in programs[number % len(programs):] + programs[:number % len(programs)]:
            time.sleep(0.02)
            times[program.name].append(program.steps(program.n))
    for program in programs:
        if workload not in TRAINED and program.first_loss is not None and not program.loss < program.first_loss:
            sys.exit(f"{program.name} does not learn {workload}: loss {program.first_loss} at first, {program.loss} at last")
        program.end()
    for program in others:
        ratios = sorted(theirs / own for theirs, own in zip(times[program.name], times[ours.name]))
        yield {
            "workload": workload,
            "threads": threads,
            "peer": program.name,
            "ours_ms": round(median(times[ours.name]), 5),
            "peer_ms": round(median(times[program.name]), 5),
            "ratio": round(median(ratios), 3),
            "ratio_min": round(ratios[0], 3),
            "ratio_max": round(ratios[-1], 3),
            "ours_peak_mb": round(ours.peak_mb),
            "peer_peak_mb": round(program.peak_mb),
            "ours_first_step_s": round(ours.first_step_s, 3),
            "peer_first_step_s": round(program.first_step_s, 3),
        }


def built():
    folder = os.environ.get("CARGO_TARGET_DIR")
    return (Path(folder) if folder else ROOT / "target") / "release"


def table(rows):
    """Of each workload the fastest peer's row is marked."""
    print(f"\n{'workload':<18} threads  {'peer':<14} {'ours ms':>10} {'peer ms':>10}  ratio (least to greatest)    MB ours / peer   first step s")
    best = {}
    for row in rows:
        key = row["workload"], row["threads"]
        best[key] = min(best.get(key, row["peer_ms"]), row["peer_ms"])
    for row in rows:
        mark = "*" if row["peer_ms"] == best[row["workload"], row["threads"]] else " "
        spread = f"{row['ratio']:.2f} ({row['ratio_min']:.2f} to {row['ratio_max']:.2f})"
        memory = f"{row['ours_peak_mb']} / {row['peer_peak_mb']}"
        first = f"{row['ours_first_step_s']:.2f} / {row['peer_first_step_s']:.2f}"
        print(
            f"{row['workload']:<18} {row['threads']:>7}  {row['peer']:<14} {row['ours_ms']:>10.4f} {row['peer_ms']:>10.4f} {mark}"
            f"{spread:<28} {memory:>14}   {first}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workload", nargs="+", choices=STEPS + PREDICTIONS, help="all of them unless said")
    parser.add_argument("--threads", nargs="+", type=int, default=None, help="1 and 2 unless said; predictions 1")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer", nargs="+", help="torch_eager, torch_compile, jax_jit: all that are installed unless said")
    parser.add_argument("--out", type=Path, default=built().parent / "peers.json")
    args = parser.parse_args()
    chosen = [(name, command) for name, command in peers() if not args.peer or name in args.peer]
    subprocess.run(["cargo", "build", "--release", "--quiet", "--package", "ann-benches"], cwd=ROOT, check=True)
    rows = []
    for workload in args.workload or STEPS + PREDICTIONS:
        for threads in args.threads or ([1] if workload in TRAINED else [1, 2]):
            for row in measure(workload, threads, chosen, args.rounds):
                rows.append(row)
                print(f"{workload}, {threads} threads, {row['peer']}: {row['ratio']:.2f}", flush=True)
            args.out.write_text(json.dumps(rows, indent=1) + "\n")
    table(rows)


if __name__ == "__main__":
    main()
