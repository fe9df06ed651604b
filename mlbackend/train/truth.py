"""What people said about a window of a tube: yes, no, or not asked.

- yes: confirmed spans of the label fill at least half of the window;
- no: they do not, and the window lies inside what was reviewed for that label;
- not asked: the window is not wholly inside the tube's coverage, or the video's, for that label.

Only confirmed tubes answer at all. A proposal nobody looked at is never evidence, either way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.span import Coverage, Span
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube

POSITIVE_SHARE = 0.5

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ReviewedTube:
    """A confirmed tube of a snapshot, with all that was said about it."""

    video_id: str
    video_sha256: str
    split: str
    tube: Tube
    spans: tuple[Span, ...]
    coverage: tuple[Coverage, ...]


def action_labels(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The snapshot's action labels that are not retired, in the order of their ids."""
    return live_labels(content, LabelKind.ACTION)


def live_labels(content: dict[str, Any], kind: LabelKind) -> list[dict[str, Any]]:
    """Labels of a kind that are still asked about, in the order of their ids."""
    labels = [
        label
        for label in content["labels"]
        if label["kind"] == kind and not label.get("is_retired")
    ]
    return sorted(labels, key=lambda label: label["id"])


def reviewed_tubes(content: dict[str, Any]) -> list[ReviewedTube]:
    """Confirmed tubes with some coverage, ordered by the videos' content and the tubes' numbers.

    Ids are drawn anew wherever a project is made again; this order, and so the model, is not.

    Args:
        content: a snapshot's content.
    """
    found = []
    for video in sorted(content["videos"], key=lambda video: str(video["sha256"])):
        spans = [Span.of(data) for data in video["spans"]]
        coverage = [Coverage.of(data) for data in video["coverage"]]
        tubes = sorted(map(Tube.of, video["tubes"]), key=lambda tube: (tube.number or 0, tube.id))
        for tube in tubes:
            about = tuple(c for c in coverage if _is_about(c, tube))
            if tube.is_confirmed and about:
                own = tuple(s for s in spans if s.tube_id == tube.id and s.is_confirmed)
                found.append(
                    ReviewedTube(
                        str(video["id"]), video["sha256"], video["split"], tube, own, about
                    )
                )
    return found


def _is_about(coverage: Coverage, tube: Tube) -> bool:
    if coverage.tube_id is not None:
        return coverage.tube_id == tube.id
    return coverage.start_frame < tube.end_frame and coverage.end_frame > tube.start_frame


def window_truth(
    reviewed: ReviewedTube, windows: Ints, label_ids: tuple[int, ...]
) -> NDArray[np.int8]:
    """Truth of every window and label.

    Args:
        reviewed: a tube and what was said about it.
        windows: (W, 2) int64 frames [start, end) of the video.
        label_ids: the C labels wanted.

    Returns:
        (W, C) int8: 1 yes, 0 no, -1 not asked. Frames of a window beyond the tube's ends are left
        out of account; a window wholly beyond them is not asked.
    """
    first, frames = reviewed.tube.start_frame, reviewed.tube.end_frame - reviewed.tube.start_frame
    edges = np.clip(windows - first, 0, frames)
    length = (edges[:, 1] - edges[:, 0])[:, None]
    said = _marked(reviewed.spans, first, frames, label_ids)
    seen = _marked(reviewed.coverage, first, frames, label_ids)
    yes = _inside(said, edges) >= POSITIVE_SHARE * length
    asked = (_inside(seen, edges) == length) & (length > 0)
    return np.where(asked, yes, -1).astype(np.int8)


def _marked(
    ranges: tuple[Span, ...] | tuple[Coverage, ...],
    first: int,
    frames: int,
    label_ids: tuple[int, ...],
) -> NDArray[np.bool_]:
    """(F, C): which labels the ranges hold at which frame of the tube."""
    marked = np.zeros((frames, len(label_ids)), dtype=bool)
    column = {label_id: c for c, label_id in enumerate(label_ids)}
    for item in ranges:
        own = (item.label_id,) if isinstance(item, Span) else item.label_ids
        columns = [column[label_id] for label_id in own if label_id in column]
        start, end = max(item.start_frame - first, 0), max(item.end_frame - first, 0)
        marked[start:end, columns] = True
    return marked


def _inside(marked: NDArray[np.bool_], edges: Ints) -> Ints:
    """How many marked frames lie in every window: (F, C) and (W, 2) to (W, C)."""
    running = np.concatenate(
        [np.zeros((1, marked.shape[1]), dtype=np.int64), np.cumsum(marked, axis=0)]
    )
    return running[edges[:, 1]] - running[edges[:, 0]]
