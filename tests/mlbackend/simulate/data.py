"""Small data sets with a known truth, as feature files."""

from pathlib import Path
from typing import Any

import numpy as np

NAMES = ("fall", "run", "walk")


def blobs(tubes: int = 90, rows: int = 2, seed: int = 0) -> dict[str, Any]:
    """Three clouds in four dimensions, `rows` near-equal rows a tube, three tubes a source."""
    rng = np.random.default_rng(seed)
    label = np.arange(tubes) % len(NAMES)
    centers = 2.0 * np.eye(len(NAMES), 4)[label] + rng.normal(size=(tubes, 4))
    X = np.repeat(centers, rows, axis=0) + 0.05 * rng.normal(size=(tubes * rows, 4))
    return {
        "X": X,
        "y": np.repeat(np.array(NAMES)[label], rows),
        "tubes": np.repeat([f"tube {i}" for i in range(tubes)], rows),
        "sources": np.repeat([f"film {i // 3}" for i in range(tubes)], rows),
    }


def several(tubes: int = 90) -> dict[str, Any]:
    """The same with three labels at once, a few of them not asked."""
    found = blobs(tubes)
    yes = np.stack([found["y"] == name for name in NAMES], axis=1) | (found["X"][:, :3] > 2.5)
    Y = yes.astype(int)
    Y[::11, 1] = -1
    return found | {"y": Y, "classes": np.array(NAMES)}


def written(folder: Path, **arrays: Any) -> Path:
    """Write a feature file."""
    path = folder / "features.npz"
    np.savez(path, **arrays)
    return path
