"""Our training steps and predictions beside those of PyTorch (eager and compiled) and JAX, measured alternately in one run.

    python3 benches/peers.py [--workload NAME ..] [--threads N ..] [--rounds N] [--peer NAME ..] [--hand-over NS] [--out FILE]

Builds ours (`cargo build --release --package ann-benches`). A peer that is not installed is named and left out. All programs of a
workload are started, make their first steps and are then asked in turn for as many steps as take some three tenths of a second. Each
round gives a ratio, the peer's time over ours; the table and `target/peers.json` have their median, least and greatest. A step is
forward, loss, backward and update on a batch that changes every step; a prediction (`predict_..`) is of one example.

Of `.._bf16` ours computes products of `bf16`, the peers in `f32` and, PyTorch by `autocast`, in `bf16`.

GFLOP/s are those of `work.py`. The peak is what as many threads reach on multiply-adds in registers (`steps peak`), asked for in each
round too: the best of them.

Processors of a virtual machine change their places: at times they share a cache, at times not, and a hand-over between two threads
(`steps hand-over`) takes five times as long. On several threads a round counts only if it takes about the same before and after, and,
with `--hand-over`, no more than that many nanoseconds.
"""

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path
from statistics import median

import work
from program import OURS, ROOT, TARGET, Program, build, hand_over, peak
from table import gflops, tables

PEERS = ROOT / "benches" / "peers"
STEPS = [*work.WORKLOADS, "rbm_b100", *work.LOWER]
TRAINED = work.PREDICTIONS


def peers():
    """The peers that are installed: name, command without the workload."""
    known = {
        "torch_eager": ("torch", ["torch_step.py", "{workload}", "{threads}", "eager"]),
        "torch_compile": ("torch", ["torch_step.py", "{workload}", "{threads}", "compile"]),
        "torch_autocast": ("torch", ["torch_step.py", "{workload}", "{threads}", "eager", "autocast"]),
        "torch_autocast_compile": ("torch", ["torch_step.py", "{workload}", "{threads}", "compile", "autocast"]),
        "jax_jit": ("jax", ["jax_step.py", "{workload}", "{threads}"]),
    }
    for name, (module, command) in known.items():
        if importlib.util.find_spec(module) is None:
            print(f"{name}: `{module}` is not installed, left out")
        else:
            yield name, [sys.executable, str(PEERS / command[0]), *command[1:]]


def start(name, command, workload, threads):
    fill = {"workload": {**TRAINED, **work.LOWER}.get(workload, workload), "threads": threads}
    further = ["infer"] if workload in TRAINED else ["bf16"] if workload in work.LOWER and name == "ann" else []
    return Program(name, [part.format(**fill) for part in command] + further)


# Hand-overs that differ by more than this are of processors that changed their places; rounds that do not count are made again so often
# for each that does.
CHANGE, PATIENCE = 1.6, 60


class Restless(Exception):
    """The processors change their places too often."""


def in_place(threads, most, rounds, one):
    """Makes so many rounds of which each began and ended with the processors in one place; what each gave, and the hand-overs."""
    made, places = [], []
    if threads == 1:
        return [one(number) for number in range(rounds)], places
    for _ in range(rounds * PATIENCE):
        before = hand_over()
        if most < before:
            time.sleep(1)
            continue
        found, after = one(len(made)), hand_over()
        if max(before, after) <= min(most, CHANGE * min(before, after)):
            made.append(found)
            places += [before, after]
        if len(made) == rounds:
            return made, places
    raise Restless(f"of {rounds * PATIENCE} rounds {len(made)} found the processors in one place, within {most} ns")


def measure(workload, threads, chosen, rounds, most=float("inf")):
    """A row a peer."""
    ours = start("ann", [OURS, "{workload}", "{threads}"], workload, threads)
    others = []
    for name, command in chosen:
        if "autocast" in command and workload not in work.LOWER:
            continue
        try:
            others.append(start(name, command, workload, threads))
        except RuntimeError as error:
            print(f"{workload}, {threads} threads: left out, {error}")
    programs = [ours, *others]
    top = 0.0

    def one(number):
        nonlocal top
        # That of f32 says nothing of bf16.
        top = 0.0 if workload in work.LOWER else max(top, peak(threads))
        found = {}
        # Whoever begins has another neighbour in time each round.
        for program in programs[number % len(programs):] + programs[:number % len(programs)]:
            time.sleep(0.02)
            found[program.name] = program.steps(program.n)
        return found

    try:
        made, places = in_place(threads, most, rounds, one)
    except Restless as error:
        for program in programs:
            program.end()
        print(f"{workload}, {threads} threads: left out, {error}")
        return
    times = {program.name: [found[program.name] for found in made] for program in programs}
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
            "ours_gflops": round(gflops(workload, median(times[ours.name])), 2),
            "peak_gflops": round(top, 1),
            "ours_first_step_s": round(ours.first_step_s, 3),
            "peer_first_step_s": round(program.first_step_s, 3),
        } | ({"hand_over_ns": round(median(places))} if places else {})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workload", nargs="+", choices=[*STEPS, *TRAINED], help="all of them unless said")
    parser.add_argument("--threads", nargs="+", type=int, default=None, help="1 and 2 unless said; predictions 1")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer", nargs="+", help="torch_eager, torch_compile, torch_autocast, torch_autocast_compile, jax_jit: all that are installed unless said")
    parser.add_argument("--hand-over", type=float, default=float("inf"), metavar="NS", help="on several threads only rounds count in which one takes no longer")
    parser.add_argument("--out", type=Path, default=TARGET / "peers.json")
    args = parser.parse_args()
    chosen = [(name, command) for name, command in peers() if not args.peer or name in args.peer]
    build()
    rows = []
    for workload in args.workload or [*STEPS, *TRAINED]:
        for threads in args.threads or ([1] if workload in TRAINED else [1, 2]):
            for row in measure(workload, threads, chosen, args.rounds, args.hand_over):
                rows.append(row)
                print(f"{workload}, {threads} threads, {row['peer']}: {row['ratio']:.2f}", flush=True)
            args.out.write_text(json.dumps(rows, indent=1) + "\n")
    print("\n" + tables(rows))


if __name__ == "__main__":
    main()
