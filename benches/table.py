"""The tables of docs/performance.md: python3 benches/table.py [FILE ..] [--write]

Of files of `peers.py`, `target/peers.json` unless said. Prints them, or writes them into the document, between its marks.
"""

import argparse
import json
from math import floor, log10
from pathlib import Path

import work
from program import ROOT, TARGET

BEGIN, END = "<!-- written by benches/table.py -->", "<!-- end -->"
PEERS = {
    "torch_eager": "PyTorch", "torch_compile": "PyTorch, compiled", "jax_jit": "JAX",
    "torch_autocast": "PyTorch in bf16", "torch_autocast_compile": "PyTorch in bf16, compiled",
}


def read(paths):
    """All rows; of a workload, number of threads and peer that is in several files the last."""
    rows = (row for path in paths for row in json.loads(Path(path).read_text()))
    return list({(row["workload"], row["threads"], row["peer"]): row for row in rows}.values())


def measured(rows):
    """Of each workload and number of threads the peers' rows, the fastest peer first."""
    found = {}
    for row in rows:
        found.setdefault((row["workload"], row["threads"]), []).append(row)
    order = [*work.WORKLOADS, "rbm_b100", *work.LOWER, *work.PREDICTIONS]
    keys = sorted(found, key=lambda key: (order.index(key[0]), key[1]))
    return {key: sorted(found[key], key=lambda row: row["ratio"]) for key in keys}


def gflops(workload, ms):
    return work.operations(workload) / ms / 1e6


def short(ms):
    """Three digits that count."""
    return f"{ms:.{max(0, 2 - floor(log10(ms)))}f}"


def beside_peers(rows):
    yield ["workload", "threads", "ann", "GFLOP/s", "of the peak", "hand-over, ns", "fastest peer", "", "its time over ours", "the others'",
           "MB, ann / peer", "first step, s"]
    for (workload, threads), (row, *others) in measured(rows).items():
        rate, top = gflops(workload, row["ours_ms"]), row.get("peak_gflops")
        yield [
            f"`{workload}`", threads, short(row["ours_ms"]), f"{rate:.1f}", f"{100 * rate / top:.0f} %" if top else "",
            row.get("hand_over_ns", ""),
            short(row["peer_ms"]), PEERS[row["peer"]], f"{row['ratio']:.2f} ({row['ratio_min']:.2f} to {row['ratio_max']:.2f})",
            "; ".join(f"{PEERS[other['peer']]} {other['ratio']:.2f}" for other in others),
            f"{row['ours_peak_mb']} / {row['peer_peak_mb']}", f"{row['ours_first_step_s']:.2f} / {row['peer_first_step_s']:.2f}",
        ]


def by_threads(rows):
    """Ours on two threads, where one was measured too."""
    yield ["workload", "1 thread", "2 threads", "times as fast"]
    found = measured(rows)
    for (workload, threads), (row, *_) in found.items():
        if threads == 2 and (workload, 1) in found:
            one = found[workload, 1][0]["ours_ms"]
            yield [f"`{workload}`", short(one), short(row["ours_ms"]), f"{one / row['ours_ms']:.2f}"]


def markdown(table):
    head, *lines = [[str(cell) for cell in line] for line in table]
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    written = lambda line: "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
    return "\n".join([written(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(written, lines)])


def tables(rows):
    """Both, as they stand in the documentation."""
    both = [markdown(beside_peers(rows))]
    return "\n\n".join(both + ([markdown(by_threads(rows))] if len({row["threads"] for row in rows}) > 1 else []))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, default=[TARGET / "peers.json"])
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    args = parser.parse_args()
    text = tables(read(args.files))
    if not args.write:
        return print(text)
    document = ROOT / "docs" / "performance.md"
    before, rest = document.read_text().split(BEGIN)
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
