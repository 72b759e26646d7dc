"""Features of restricted Boltzmann machines for a classifier of digits: scikit-learn's own and ours, in one run.

The pipeline is scikit-learn's published one ("Restricted Boltzmann Machine features for digit classification"): the digits of
`load_digits` and each of them nudged by a pixel in four directions, scaled to 0..1, a fifth held out; a machine of 100 hidden units,
10 epochs, batches of 10, a rate of 0.06 (ours: of that mean); logistic regression with C = 6000 on its features. Both machines are trained on the same images,
both features are given to the same logistic regression.

    cargo build --release --package ann-benches --bin rbm_features
    python3 benches/rbm_digits.py target/release/rbm_features [SPLITS [SEEDS]]

One split, the published one, and 20 seeds unless said; further splits are drawn by the numbers after its.
"""

import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
from scipy.ndimage import convolve
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import BernoulliRBM
from sklearn.preprocessing import minmax_scale

# Both train by persistent chains. Ours lets the rate fall from twice as much to nothing, as Tieleman (2008) has it, which scikit-learn's
# cannot; the third column is ours at scikit-learn's constant rate, the last ours by CD-1.
METHODS = ["falling", "same", "cd"]
COLUMNS = "scikit-learn {:.4f}, ours {:.4f}, at a constant rate {:.4f}, by CD-1 {:.4f}"


def nudged(images, labels):
    """The images, and each of them moved by one pixel up, left, right and down."""
    moves = [np.zeros((3, 3)) for _ in range(4)]
    for kernel, place in zip(moves, [(0, 1), (1, 0), (1, 2), (2, 1)]):
        kernel[place] = 1
    move = lambda image, kernel: convolve(image.reshape(8, 8), kernel, mode="constant").ravel()
    moved = [np.apply_along_axis(move, 1, images, kernel) for kernel in moves]
    return np.concatenate([images, *moved]), np.concatenate([labels] * 5)


def accuracy(train, test, train_labels, test_labels):
    """Of logistic regression on these features, on the images held out.

    The pipeline was published with tol=1, when the loss was a sum over the examples. It is their mean by now, and 1 an example stops
    before the first step: the same tolerance is 1 over their number.
    """
    model = LogisticRegression(C=6000, solver="newton-cg", tol=1 / len(train), max_iter=1000)
    return model.fit(train, train_labels).score(test, test_labels)


def ours(program, train, test, seed, method):
    """Features of both sets by our machine."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ["train.csv", "test.csv"]]
        for path, images in zip(paths, [train, test]):
            np.savetxt(path, images, delimiter=",", fmt="%.7g")
        subprocess.run([program, *map(str, paths), str(seed), method], check=True, stderr=subprocess.DEVNULL)
        return [np.loadtxt(f"{path}.features", delimiter=",") for path in paths]


def main(program, splits=1, seeds=20):
    images, labels = nudged(*load_digits(return_X_y=True))
    images = minmax_scale(images.astype("float32"), feature_range=(0, 1))
    results = []
    for split, seed in product(range(int(splits)), range(int(seeds))):
        train, test, train_labels, test_labels = train_test_split(images, labels, test_size=0.2, random_state=split)
        theirs = BernoulliRBM(n_components=100, learning_rate=0.06, n_iter=10, batch_size=10, random_state=seed).fit(train)
        pairs = [[theirs.transform(train), theirs.transform(test)]]
        pairs += [ours(program, train, test, seed, method) for method in METHODS]
        results.append([accuracy(*pair, train_labels, test_labels) for pair in pairs])
        print(f"split {split}, seed {seed}: " + COLUMNS.format(*results[-1]), flush=True)
    results = np.array(results)
    print(f"mean of {len(results)}: " + COLUMNS.format(*results.mean(axis=0)))
    # Of the differences: all see the same split.
    differences = results - results[:, :1]
    errors = differences.std(axis=0, ddof=1) / len(results) ** 0.5
    print("more than scikit-learn's: " + ", ".join(f"{d:+.4f} +- {e:.4f}" for d, e in zip(differences.mean(axis=0)[1:], errors[1:])))


if __name__ == "__main__":
    main(*sys.argv[1:])
