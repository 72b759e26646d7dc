"""Draws what `peers.py` and `growth.py` measured, for docs/performance.md: python3 benches/plot.py [FILE ..] [--out FOLDER]

Files of either kind, `target/peers.json` and `target/growth.json` unless said. Needs `matplotlib`.
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

import work
from growth import NOISE, excess
from program import ROOT, TARGET
from table import PEERS, measured, read

ONE, TWO, BEHIND, GREY = "#7fb2e5", "#1b5e9e", "#c8553d", "#6b7280"
# How many times as fast as the fastest peer ours is to be on two threads; predictions are of one. What was asked of `bf16` is beside
# peers in `f32`, which are not the fastest of its rows.
REACH = {
    "mlp_big_b100": 1.4, "mlp_big_b1000": 1.05, "mlp_mnist_b32": 3, "mlp_tiny_b32": 50, "lenet_b64": 2.5, "alexnet_b16": 1,
    "resnet18_b8": 1, "lstm_b32": 1.3, "charrnn": 2, "autoenc_b100": 1.3, "rbm_b100": 1.1,
    "predict_mlp_mnist": 4, "predict_lenet": 4, "predict_lstm": 2,
}
STYLE = {
    "font.family": ["DejaVu Sans"], "font.size": 9, "svg.fonttype": "path", "svg.hashsalt": "ann",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY, "axes.labelcolor": "#374151",
    "text.color": "#1f2937", "xtick.color": GREY, "ytick.color": "#1f2937", "axes.titlesize": 9.5, "axes.titleweight": "bold",
}


def reach(workload, threads):
    """One thread is to reach three quarters of it, and the peer at least; nothing where nothing was set."""
    if workload not in REACH:
        return None
    return REACH[workload] if threads == 2 or workload in work.PREDICTIONS else max(1, 0.75 * REACH[workload])


def peers(rows):
    found = {key: row for key, (row, *_) in measured(rows).items() if key[1] == 1 or key[0] not in work.PREDICTIONS}
    workloads = list(dict.fromkeys(workload for workload, _ in found))
    figure, axes = plt.subplots(figsize=(9.2, 0.46 * len(workloads) + 1.5))
    y = 0.0
    ticks, lines = [], []
    for number, workload in enumerate(workloads):
        threads = [n for n in (1, 2) if (workload, n) in found]
        if workload in work.PREDICTIONS and workloads[number - 1] not in work.PREDICTIONS:
            lines.append(y - 0.05)
            y += 0.35
        ticks.append((y + 0.36 * (len(threads) - 1) / 2, workload))
        for n in threads:
            bar(axes, y, n, workload, found[workload, n])
            y += 0.36
        y += 0.34
    axes.axvline(1, color="#1f2937", linewidth=1, zorder=3)
    for line in lines:
        axes.axhline(line, color="#d1d5db", linewidth=0.8)
    axes.set(xscale="log", xlim=(0.5, 400), ylim=(y - 0.2, -0.45), yticks=[at for at, _ in ticks])
    axes.set_yticklabels([name for _, name in ticks])
    axes.set_xticks([0.5, 1, 2, 5, 10, 20, 50, 100, 200], ["0.5", "1", "2", "5", "10", "20", "50", "100", "200"])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="x", color="#e5e7eb", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("time of the fastest peer over ours; right of 1 ours is faster")
    patch = lambda color: plt.Rectangle((0, 0), 1, 1, color=color)
    spread = Line2D([], [], color="#1f2937", linewidth=0.9)
    goal = Line2D([], [], color="#1f2937", marker="D", markersize=4.5, markerfacecolor="white", linestyle="none")
    axes.legend(
        [patch(ONE), patch(TWO), patch(BEHIND), spread, goal],
        ["1 thread", "2 threads", "behind", "least to greatest of the rounds", "to be reached"],
        loc="lower right", frameon=True, edgecolor="#e5e7eb", framealpha=1, fontsize=8.5,
    )
    return figure


def bar(axes, y, threads, workload, row):
    ratio, goal = row["ratio"], reach(workload, threads)
    color = BEHIND if ratio < 1 else ONE if threads == 1 else TWO
    alpha = 0.6 if ratio < 1 and threads == 1 else 1
    axes.barh(y, ratio - 1, left=1, height=0.32, color=color, alpha=alpha, linewidth=0)
    axes.plot([row["ratio_min"], row["ratio_max"]], [y, y], color="#1f2937", linewidth=0.9, zorder=4)
    if goal:
        axes.plot(goal, y, "D", color="#1f2937", markersize=4.5, markerfacecolor="white", zorder=5)
    right = max(row["ratio_max"], ratio, goal or 1)
    text = f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
    axes.annotate(
        f"{text}  {PEERS[row['peer']]}", (right, y), (7, 0), textcoords="offset points", va="center", fontsize=7.5,
        color=BEHIND if ratio < 1 else GREY,
    )


def growth(rows):
    names = list(dict.fromkeys(row["series"] for row in rows))
    figure, grid = plt.subplots(2, (len(names) + 2) // 2, figsize=(12, 6.4), layout="constrained", squeeze=False)
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    for axes, name in zip(grid.flat, names):
        series([row for row in rows if row["series"] == name], axes)
        axes.set_title(name, loc="left")
    for axes in grid.flat[len(names):]:
        axes.axis("off")
    style = {"marker": "o", "markersize": 3.5}
    ring = Line2D([], [], color=BEHIND, marker="o", markersize=9, markerfacecolor="none", linestyle="none")
    ideal = Line2D([], [], color=GREY, linewidth=0.9, linestyle="--")
    grid.flat[-1].legend(
        [Line2D([], [], color=ONE, **style), Line2D([], [], color=TWO, **style), ideal, ring],
        ["1 thread", "2 threads", "as the work grows,\nthrough the best of the sizes", f"grew more than {NOISE:.1f} times as\nmuch as the work in every round"],
        loc="center left", frameon=False, labelspacing=1.1,
    )
    for axes in grid[:, 0]:
        axes.set_ylabel("ms a step")
    return figure


def series(rows, axes):
    for threads, color in ((1, ONE), (2, TWO)):
        line = [row for row in rows if row["threads"] == threads]
        if not line:
            continue
        sizes, ms = [row["size"] for row in line], [row["ms"] for row in line]
        best = min(row["ms"] / row["operations"] for row in line)
        axes.plot(sizes, [best * row["operations"] for row in line], color=color, linewidth=0.9, linestyle="--")
        axes.plot(sizes, ms, color=color, marker="o", markersize=3.5, linewidth=1.5)
        steep = [row for row in line[1:] if NOISE < excess(row, "growth_min")]
        axes.plot([row["size"] for row in steep], [row["ms"] for row in steep], "o", color=BEHIND, markersize=9, markerfacecolor="none")
    sizes = sorted({row["size"] for row in rows})
    axes.set(xscale="log", yscale="log", xlabel=rows[0]["grows"])
    shown = sizes[::2] if len(sizes) < 10 else sizes[::3]
    axes.set_xticks(shown, [str(size) for size in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(color="#e5e7eb", linewidth=0.7)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = [path for path in (TARGET / "peers.json", TARGET / "growth.json") if path.exists()]
    parser.add_argument("files", nargs="*", type=Path, default=usual)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    args = parser.parse_args()
    plt.rcParams.update(STYLE)
    is_growth = lambda path: "series" in json.loads(path.read_text())[0]
    of_growth = [row for path in args.files if is_growth(path) for row in json.loads(path.read_text())]
    of_peers = [path for path in args.files if not is_growth(path)]
    for name, draw, rows in (("peers", peers, read(of_peers)), ("growth", growth, of_growth)):
        if rows:
            figure = draw(rows)
            figure.savefig(args.out / f"performance-{name}.svg", bbox_inches="tight", metadata={"Date": None})
            print(args.out / f"performance-{name}.svg")


if __name__ == "__main__":
    main()
