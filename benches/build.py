"""How long the `mlp` example takes to build and how large it is: python3 benches/build.py

A clean release build in a folder of its own, dependencies fetched before; the same after touching the example, median of three; the
size of the program with and without its symbols (`strip`). Cargo builds on as many processors as this script is given (`taskset`).
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from program import ROOT

EXAMPLE = ROOT / "examples" / "mlp.rs"


def seconds(target):
    began = time.perf_counter()
    command = ["cargo", "build", "--release", "--quiet", "--example", EXAMPLE.stem]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"CARGO_TARGET_DIR": target}, check=True)
    return time.perf_counter() - began


def again(target):
    EXAMPLE.touch()
    return seconds(target)


def main():
    subprocess.run(["cargo", "fetch", "--quiet"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as target:
        clean = seconds(target)
        touched = median(again(target) for _ in range(3))
        program = Path(target) / "release" / "examples" / EXAMPLE.stem
        stripped = program.with_suffix(".stripped")
        subprocess.run(["strip", "-o", stripped, program], check=True)
        sizes = [path.stat().st_size for path in (program, stripped)]
    print(f"clean release build of `{EXAMPLE.stem}`: {clean:.1f} s on {len(os.sched_getaffinity(0))} processors")
    print(f"after touching the example: {touched:.2f} s")
    print(f"the program: {sizes[0] / 1e6:.2f} MB, {sizes[1] / 1e6:.2f} MB stripped")


if __name__ == "__main__":
    main()
