"""A program that makes training steps when it is told to, and ours among them."""

import json
import os
import subprocess
import time
from pathlib import Path

from watch import WATCH

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
OURS = str(TARGET / "release" / "steps")


class Program:
    """Started, warm, and ready for as many steps as take `seconds`."""

    def __init__(self, name, command, seconds=0.3):
        self.name, began = name, time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        first = self.answer()
        self.first_step_s = time.perf_counter() - began
        self.first_loss = first["loss"]
        # Compiled code has seen every batch, memory is there.
        self.steps(3)
        self.n = max(1, min(20000, int(seconds * 1e3 / max(self.steps(3), 1e-3))))

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}: {self.process.stderr.read().strip()[-400:]}")
        return json.loads(line)

    def steps(self, n):
        """Milliseconds a step, measured anew if the machine stood still meanwhile."""
        while True:
            stops = WATCH.seen()
            print(n, file=self.process.stdin, flush=True)
            answer = self.answer()
            self.loss = answer["loss"]
            if WATCH.seen() == stops:
                return answer["ms"]
            print(f"the machine stood still while {self.name} was measured: once more", flush=True)

    def end(self):
        print("end", file=self.process.stdin, flush=True)
        self.peak_mb = self.answer()["peak_mb"]
        self.process.wait()


def build():
    subprocess.run(["cargo", "build", "--release", "--quiet", "--package", "ann-benches"], cwd=ROOT, check=True)


def peak(threads):
    """GFLOP/s that so many threads reach on multiply-adds in registers."""
    answer = subprocess.run([OURS, "peak", str(threads)], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)["gflops"]


def hand_over():
    """Nanoseconds from one thread to another."""
    answer = subprocess.run([OURS, "hand-over"], capture_output=True, text=True, check=True)
    return json.loads(answer.stdout)["nanoseconds"]
