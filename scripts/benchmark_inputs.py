"""Inputs of the size of AVA's and ActivityNet's validation sets, drawn at random.

Classes are as uneven as real ones, boxes are found with an error, and no two scores are equal, so
that every evaluator must come to one result.
"""

import json
from pathlib import Path

import numpy as np

from mlbackend.evaluate.ava_classes import EVALUATED

VIDEOS = 64
SECONDS = range(902, 1799)


def write_ava(folder: Path, size: float) -> tuple[Path, Path, Path]:
    """Label map, truth and predictions; `size` 1 is the whole validation set."""
    rng = np.random.default_rng(7)
    keys = [f"video-{v:05d},{s:04d}" for v in range(VIDEOS) for s in SECONDS]
    keys = np.array(keys)[: round(len(keys) * size)]
    ids = np.array(list(EVALUATED))
    weights = 1.0 / np.arange(1, len(ids) + 1)
    image = np.repeat(np.arange(len(keys)), rng.poisson(2.2, len(keys)))
    box = _boxes(rng, len(image))
    owner = np.repeat(np.arange(len(image)), rng.integers(1, 6, len(image)))
    label = rng.choice(ids, len(owner), p=weights / weights.sum())
    person = np.arange(len(image)) - np.searchsorted(image, image)
    labels, truth, found = (folder / name for name in ("labels.pbtxt", "truth.csv", "found.csv"))
    entries = (f'item {{\n  name: "{name}"\n  id: {i}\n}}\n' for i, name in EVALUATED.items())
    labels.write_text("".join(entries))
    _, once = np.unique(owner * 100 + label, return_index=True)
    owner, label = owner[once], label[once]
    _write(truth, keys[image[owner]], box[owner], label, person[owner].astype(str))

    seen = np.flatnonzero(rng.random(len(image)) < 0.9)
    stray = rng.integers(0, len(keys), len(image) // 4)
    near = box[seen] + rng.normal(0, 0.03, (len(seen), 4))
    boxes = np.vstack([near, _boxes(rng, len(stray))]).clip(0, 1)
    images = np.concatenate([image[seen], stray])
    rows = np.repeat(np.arange(len(boxes)), 9)
    guess = rng.choice(ids, len(rows), p=weights / weights.sum())
    right = np.isin(owner, seen) & (rng.random(len(owner)) < 0.8)
    rows = np.concatenate([rows, np.searchsorted(seen, owner[right])])
    guess = np.concatenate([guess, label[right]])
    # Right ones tend to score higher; the rank of the draw is the score, so no two are equal.
    draw = rng.random(len(rows)) + 0.6 * (np.arange(len(rows)) >= 9 * len(boxes))
    score = (draw.argsort().argsort() + 1.0) / (len(rows) + 1)
    order = rng.permutation(len(rows))
    rows, guess, score = rows[order], guess[order], score[order]
    texts = np.array([f"{value:.9f}" for value in score])
    _write(found, keys[images[rows]], boxes[rows], guess, texts)
    return labels, truth, found


def _boxes(rng: np.random.Generator, n: int) -> np.ndarray:
    low = rng.random((n, 2)) * 0.6
    return np.hstack([low, low + 0.1 + rng.random((n, 2)) * 0.3])


def _write(path: Path, key: np.ndarray, box: np.ndarray, label: np.ndarray, last: np.ndarray):
    with path.open("w") as file:
        for k, (x, y, x2, y2), n, text in zip(key, box, label, last, strict=True):
            file.write(f"{k},{x:.3f},{y:.3f},{x2:.3f},{y2:.3f},{n},{text}\n")


def write_activitynet(folder: Path, size: float) -> tuple[Path, Path]:
    """Truth and predictions of 4,926 videos and 200 classes."""
    rng = np.random.default_rng(8)
    database, results = {}, {}
    for video in range(round(4926 * size)):
        name, duration = f"v{video:05d}", float(rng.uniform(30, 230))
        label = f"class {rng.integers(200):03d}"
        spans = np.sort(rng.uniform(0, duration, (rng.integers(1, 4), 2)))
        truth = [{"segment": span, "label": label} for span in spans.round(2).tolist()]
        database[name] = {"subset": "validation", "duration": duration, "annotations": truth}
        near = np.repeat(spans, 3, axis=0)
        near = np.sort(near + rng.normal(0, 0.1 * duration, near.shape)).clip(0)
        scores = rng.random(len(near)).tolist()
        results[name] = [
            {"label": label, "score": score, "segment": span}
            for score, span in zip(scores, near.tolist(), strict=True)
        ]
    truth, found = folder / "truth.json", folder / "found.json"
    head = {"version": "VERSION 1.3", "taxonomy": [], "database": database}
    truth.write_text(json.dumps(head))
    tail = {"version": "VERSION 1.3", "external_data": {}, "results": results}
    found.write_text(json.dumps(tail))
    return truth, found
