"""Tracking figures of MOTChallenge files, as two published programs give them.

`trackeval`: HOTA, CLEAR, Identity and Count of every sequence and of all together, arrays over the
localization threshold reported as their mean. `motmetrics`: CLEAR MOT and identity figures of
py-motmetrics, with distances (1 - IoU) in place of similarities. The default is `trackeval`, the
MOTChallenge's own.

A box matches from an IoU of 0.5. Truth whose seventh column is 0 is ignored, as the format says.
"""

import configparser
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.box import iou_matrix
from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import mot_clear, mot_hota, mot_identity, mot_motmetrics
from mlbackend.evaluate.matching import Floats, Integers
from mlbackend.evaluate.mot_frames import Frame, Tracking

DEFAULT = "trackeval"
EVALUATORS = ("trackeval", "motmetrics")
ALL = {"trackeval": "COMBINED_SEQ", "motmetrics": "OVERALL"}


def evaluate(sequences: dict[str, Tracking], evaluator: str = DEFAULT) -> dict[str, Any]:
    """Figures of each sequence by its name, and of all under the program's name for that."""
    if evaluator == "motmetrics":
        parts = {name: mot_motmetrics.count(one) for name, one in sequences.items()}
        parts[ALL[evaluator]] = mot_motmetrics.total(list(parts.values()))
        return {name: mot_motmetrics.figures(counts) for name, counts in parts.items()}
    measures = (("HOTA", mot_hota), ("CLEAR", mot_clear), ("Identity", mot_identity))
    results: dict[str, Any] = {name: {} for name in (*sequences, ALL[evaluator])}
    for title, module in measures:
        counts = {name: module.count(one) for name, one in sequences.items()}
        for name, one in counts.items():
            results[name][title] = module.figures(one)
        results[ALL[evaluator]][title] = module.figures(module.total(list(counts.values())))
    for name, one in sequences.items():
        if not one.boxes or not one.truths:
            results[name]["CLEAR"] |= mot_clear.OF_ONE_SIDED
        results[name]["Count"] = {**_sizes(one), "Frames": one.length}
    results[ALL[evaluator]]["Count"] = {
        key: sum(_sizes(one)[key] for one in sequences.values())
        for key in ("Dets", "GT_Dets", "IDs", "GT_IDs")
    }
    return results


def _sizes(tracking: Tracking) -> dict[str, int]:
    return {
        "Dets": tracking.boxes, "GT_Dets": tracking.truths,
        "IDs": tracking.tracks, "GT_IDs": tracking.true_tracks,
    }  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Boxes of a file: frame and id (N,) int64, corners (N, 4) float64."""

    frame: Integers
    id: Integers
    box: Floats


def read_sequences(truth: Path, predictions: Path) -> dict[str, Tracking]:
    """One sequence from two files, or all of a folder.

    A folder of truth holds NAME/gt.txt or NAME/gt/gt.txt, one of predictions NAME.txt,
    NAME/test.txt or NAME/NAME.txt.

    Raises:
        InvalidInput: naming file, row and column, or the sequence that lacks predictions.
    """
    if not truth.is_dir():
        folder = truth.parent.parent if truth.parent.name == "gt" else truth.parent
        return {folder.name or truth.stem: read_sequence(truth, predictions)}
    found = sorted({*truth.glob("*/gt.txt"), *truth.glob("*/gt/gt.txt")})
    if not found:
        raise InvalidInput(f"{truth.name} holds no NAME/gt.txt and no NAME/gt/gt.txt.")
    names = {path.relative_to(truth).parts[0]: path for path in found}
    return {
        name: read_sequence(path, _predicted(predictions, name)) for name, path in names.items()
    }


def read_sequence(truth: Path, predictions: Path) -> Tracking:
    """One sequence; its length is that of seqinfo.ini beside the truth, else the last frame."""
    ours, theirs = read(truth, truth=True), read(predictions, truth=False)
    last = max((*ours.frame, *theirs.frame), default=0)
    return tracking(ours, theirs, max(_stated_length(truth), int(last)))


def read(path: Path, truth: bool) -> Rows:
    """Boxes of a MOTChallenge file; raises InvalidInput naming file, row and column."""
    rows = [values for _, values in _values(path) if not (truth and values[6] == 0)]
    table = np.array([values[:6] for values in rows], dtype=np.float64).reshape(-1, 6)
    ids = table[:, :2].astype(np.int64)
    _refuse_twice(ids, path)
    corners = np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
    return Rows(ids[:, 0], ids[:, 1], corners)


def tracking(truth: Rows, found: Rows, length: int) -> Tracking:
    """Bring two files together, frame by frame; ids are renumbered from 0."""
    true_ids, true_id = np.unique(truth.id, return_inverse=True)
    ids, own_id = np.unique(found.id, return_inverse=True)
    frames = tuple(
        Frame(true_id[ours], own_id[theirs], iou_matrix(truth.box[ours], found.box[theirs]))
        for ours, theirs in _by_frame(truth.frame, found.frame)
    )
    return Tracking(frames, len(true_ids), len(ids), length)


def _by_frame(ours: Integers, theirs: Integers) -> Iterator[tuple[Integers, Integers]]:
    orders = np.argsort(ours, kind="stable"), np.argsort(theirs, kind="stable")
    for frame in np.union1d(ours, theirs):
        yield tuple(
            order[
                np.searchsorted(all_[order], frame) : np.searchsorted(all_[order], frame, "right")
            ]
            for order, all_ in zip(orders, (ours, theirs), strict=True)
        )  # type: ignore[misc]


COLUMNS = ("frame", "id", "left", "top", "width", "height", "conf")


def _values(path: Path) -> Iterator[tuple[int, list[float]]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                if row:
                    yield number, _row(row, f"{path.name}, row {number}")
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is not text.") from error


def _row(row: Sequence[str], where: str) -> list[float]:
    if not 6 <= len(row) <= 10:
        raise InvalidInput(f"{where} has {len(row)} columns; a MOTChallenge row has 6 to 10.")
    values = []
    for name, text in zip(COLUMNS, row, strict=False):
        try:
            values.append(float(text))
        except ValueError as error:
            raise InvalidInput(f"{where}, column {name}: '{text}' is not a number.") from error
        if not np.isfinite(values[-1]):
            raise InvalidInput(f"{where}, column {name}: '{text}' is not finite.")
    if values[0] < 1 or values[0] != int(values[0]) or values[1] != int(values[1]):
        raise InvalidInput(f"{where}: frame and id must be whole, and frames count from 1.")
    if values[4] < 0 or values[5] < 0:
        raise InvalidInput(f"{where}: width and height must not be negative.")
    return [*values, 1.0][:7]


def _refuse_twice(ids: Integers, path: Path) -> None:
    pairs, count = np.unique(ids, axis=0, return_counts=True)
    if (count > 1).any():
        frame, number = pairs[count > 1][0]
        raise InvalidInput(f"{path.name}: id {number} has two boxes in frame {frame}.")


def _predicted(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.txt", folder / name / "test.txt", folder / name / f"{name}.txt"):
        if path.is_file():
            return path
    raise InvalidInput(f"{folder.name} has no predictions of sequence '{name}' ({name}.txt).")


def _stated_length(truth: Path) -> int:
    for folder in (truth.parent, truth.parent.parent):
        path = folder / "seqinfo.ini"
        if path.is_file():
            return _length(path)
    return 0


def _length(path: Path) -> int:
    reader = configparser.ConfigParser()
    try:
        reader.read(path, encoding="utf-8")
        return reader.getint("Sequence", "seqLength", fallback=0)
    except (configparser.Error, ValueError) as error:
        raise InvalidInput(f"{path.name} states no seqLength that can be read: {error}.") from error
