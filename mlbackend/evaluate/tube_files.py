"""Reads truth and predictions of UCF101-24 and JHMDB for frame- and video-mAP.

One layout for both, JSON with names and rows; frames are 1-based, boxes corners in px:

    {"videos": [name], "classes": [name],
     "gt_frames" / "det_frames": [[video, frame, class, (score,) x1, y1, x2, y2]],
     "gt_tubes" / "det_tubes": [{"video", "label", ("score",) "frames": [first, last],
                                 "boxes": [[x1, y1, x2, y2]]}]}

A video and a class are places in the lists of the same file; predictions without lists use the
truth's. Where boxes on frames are missing, those of the tubes are taken.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.matching import Floats
from mlbackend.evaluate.tubes import Boxes, Tubes


@dataclass(frozen=True)
class TubeSet:
    """What one file says; `tubes` is None where it holds boxes on frames only."""

    videos: tuple[str, ...]
    classes: tuple[str, ...]
    frames: Boxes
    tubes: Tubes | None


def is_rows(path: Path) -> bool:
    """Whether a file of truth has this layout; else it is some dataset's annotation file."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    content = load(path)
    return "gt_frames" in content or "gt_tubes" in content


def read_truth(path: Path) -> TubeSet:
    """Raises InvalidInput naming file, row and column."""
    content = load(path)
    if "gt_frames" not in content and "gt_tubes" not in content:
        raise InvalidInput(f"{path.name} has neither 'gt_frames' nor 'gt_tubes': no truth.")
    names = _names(content, "videos", path), _names(content, "classes", path)
    return _set(content, "gt", path, *names)


def read_predictions(path: Path, truth: TubeSet) -> TubeSet:
    """Predictions under the truth's numbering of videos and classes.

    Raises:
        InvalidInput: naming file, row and column; also for a video or class the truth lacks.
    """
    content = load(path)
    videos = _names(content, "videos", path) if "videos" in content else truth.videos
    classes = _names(content, "classes", path) if "classes" in content else truth.classes
    if "det_frames" not in content and "det_tubes" not in content:
        raise InvalidInput(f"{path.name} has neither 'det_frames' nor 'det_tubes': no predictions.")
    found = _set(content, "det", path, videos, classes)
    return renumbered(found, truth, path.name)


def load(path: Path) -> dict[str, Any]:
    """The JSON object in a file; raises InvalidInput where there is none."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{path.name} holds {type(content).__name__}, not a JSON object.")
    return content


def renumbered(found: TubeSet, truth: TubeSet, file: str) -> TubeSet:
    """The same under the truth's lists of videos and classes."""
    video = _places(found.videos, truth.videos, "video", file)
    label = _places(found.classes, truth.classes, "class", file)
    boxes, tubes = found.frames, found.tubes
    return TubeSet(
        truth.videos,
        truth.classes,
        Boxes(video[boxes.video], boxes.frame, label[boxes.label], boxes.box, boxes.score),
        tubes
        and Tubes(
            video[tubes.video], label[tubes.label], tubes.start, tubes.count, tubes.box, tubes.score
        ),
    )


def _places(ours: tuple[str, ...], theirs: tuple[str, ...], what: str, file: str) -> np.ndarray:
    place = {name: index for index, name in enumerate(theirs)}
    unknown = [name for name in ours if name not in place]
    if unknown:
        raise InvalidInput(
            f"{file}: the truth has no {what} '{unknown[0]}'"
            + (f" (nor {len(unknown) - 1} more)" if len(unknown) > 1 else "")
            + ". Take it out of the predictions, or take the truth they were made for."
        )
    return np.array([place[name] for name in ours], dtype=np.int64)


def _names(content: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    names = content.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput(f"{path.name}: '{key}' must be a list of names.")
    if len(set(names)) != len(names):
        raise InvalidInput(f"{path.name}: '{key}' names something twice.")
    return tuple(names)


def _set(
    content: dict[str, Any],
    kind: str,
    path: Path,
    videos: tuple[str, ...],
    classes: tuple[str, ...],
) -> TubeSet:
    scored, sizes = kind == "det", (len(videos), len(classes))
    key, tubes = f"{kind}_tubes", None
    if key in content:
        tubes = _tubes(content[key], scored, sizes, f"{path.name}: {key}")
    key = f"{kind}_frames"
    if tubes is not None and key not in content:
        return TubeSet(videos, classes, tubes.boxes(), tubes)
    frames = _boxes(content[key], scored, sizes, f"{path.name}: {key}")
    return TubeSet(videos, classes, frames, tubes)


def _boxes(rows: Any, scored: bool, sizes: tuple[int, int], where: str) -> Boxes:
    columns = ["video", "frame", "class", *(["score"] if scored else []), "x1", "y1", "x2", "y2"]
    table = _numbers(rows, columns, where)
    whole = table[:, :3].astype(np.int64)
    _check(table[:, :3] == whole, where, columns[:3], "must be a whole number")
    _check_places(whole[:, 0], sizes[0], where, "video")
    _check_places(whole[:, 2], sizes[1], where, "class")
    _check_corners(table[:, -4:], where)
    score = table[:, 3] if scored else np.zeros(len(table))
    return Boxes(whole[:, 0], whole[:, 1], whole[:, 2], table[:, -4:], score)


def _tubes(rows: Any, scored: bool, sizes: tuple[int, int], where: str) -> Tubes:
    if not isinstance(rows, list):
        raise InvalidInput(f"{where} must be a list of tubes.")
    heads, boxes = [], [np.empty((0, 4))]
    for index, row in enumerate(rows):
        head, corners = _tube(row, scored, f"{where}[{index}]")
        heads.append(head)
        boxes.append(corners)
    table = _numbers(heads, ["video", "label", "score", "first", "count"], where)
    whole = table.astype(np.int64)
    _check_places(whole[:, 0], sizes[0], where, "video")
    _check_places(whole[:, 1], sizes[1], where, "label")
    return Tubes(
        whole[:, 0], whole[:, 1], whole[:, 3], whole[:, 4], np.concatenate(boxes), table[:, 2]
    )


def _tube(row: Any, scored: bool, where: str) -> tuple[list[Any], Floats]:
    keys = ["video", "label", "frames", "boxes", *(["score"] if scored else [])]
    missing = [key for key in keys if not isinstance(row, dict) or key not in row]
    if missing:
        raise InvalidInput(f"{where}: '{missing[0]}' is missing.")
    frames = row["frames"]
    if not (isinstance(frames, list) and len(frames) == 2 and _whole([row["video"], *frames])):
        raise InvalidInput(f"{where}.frames must be the first and last frame, two whole numbers.")
    boxes = _numbers(row["boxes"], ["x1", "y1", "x2", "y2"], f"{where}.boxes")
    _check_corners(boxes, f"{where}.boxes")
    count = frames[1] - frames[0] + 1
    if count < 1 or count != len(boxes):
        raise InvalidInput(
            f"{where}: frames {frames[0]} to {frames[1]} need {max(count, 1)} boxes, there are "
            f"{len(boxes)}."
        )
    return [row["video"], row["label"], row.get("score", 0.0), frames[0], count], boxes


def _numbers(rows: Any, columns: list[str], where: str) -> Floats:
    """Rows of finite numbers, (N, len(columns)) float64."""
    if not isinstance(rows, list):
        raise InvalidInput(f"{where} must be a list of rows.")
    for index, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(columns):
            raise InvalidInput(f"{where}[{index}] must be {len(columns)} numbers: {columns}.")
        for name, value in zip(columns, row, strict=True):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InvalidInput(f"{where}[{index}].{name}: {value!r} is not a number.")
    table = np.array(rows, dtype=np.float64).reshape(-1, len(columns))
    _check(np.isfinite(table), where, columns, "must be finite")
    return table


def _whole(values: list[Any]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _check(good: np.ndarray, where: str, columns: list[str], rule: str) -> None:
    if not good.all():
        row, column = np.argwhere(~good)[0]
        raise InvalidInput(f"{where}[{row}].{columns[column]} {rule}.")


def _check_places(values: np.ndarray, size: int, where: str, column: str) -> None:
    good = (values >= 0) & (values < size)
    _check(good[:, None], where, [column], f"must be 0 to {size - 1}, a place in the file's list")


def _check_corners(boxes: Floats, where: str) -> None:
    _check(boxes[:, :2] <= boxes[:, 2:], where, ["x2", "y2"], "is smaller than x1 or y1")
