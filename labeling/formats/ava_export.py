"""From a snapshot's videos to AVA rows.

What AVA cannot hold is counted, never dropped in silence: a box without an action, a box outside
the picture, a span that lies between two timestamps. Object labels, segments and video classes
have no place in it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput
from labeling.domain.ranges import union
from labeling.domain.span import Span
from labeling.domain.state import CONFIRMED, State
from labeling.domain.tube import Tube
from labeling.formats.ava import AvaRow, NormBox
from labeling.formats.ava_grid import Grid
from labeling.formats.choice import (
    Choice,
    FrameRange,
    Which,
    by_label,
    covered,
    not_reviewed,
    within,
)

Moment = tuple[Decimal, int]  # timestamp and frame


@dataclass(slots=True)
class VideoRows:
    """What one video gives.

    Args:
        rows: annotations, by timestamp, person and action.
        empty: reviewed timestamps at which nobody acts.
        proposals: undecided actions with scores, each timestamp by falling score.
        boxes: undecided tubes with scores, without action.
        excluded: timestamps that nobody has reviewed.
        counts: of what was written and what could not be.
    """

    rows: list[AvaRow] = field(default_factory=list)
    empty: list[AvaRow] = field(default_factory=list)
    proposals: list[AvaRow] = field(default_factory=list)
    boxes: list[AvaRow] = field(default_factory=list)
    excluded: list[AvaRow] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def action_ids(labels: Iterable[dict[str, Any]]) -> dict[int, int]:
    """The number of each action label in AVA files: its own, else the smallest free one.

    Labels without a number get theirs in the order in which they were made, so that a label made
    later changes none of the earlier ones.

    Returns:
        Label id → AVA id, from 1.
    """
    actions = sorted((x for x in labels if x["kind"] == "action"), key=lambda x: x["id"])
    ids = {label["id"]: label["ava_id"] for label in actions if label["ava_id"] is not None}
    taken, free = set(ids.values()), 1
    for label in actions:
        if label["id"] in ids:
            continue
        while free in taken:
            free += 1
        ids[label["id"]] = free
        taken.add(free)
    return ids


def video_keys(videos: Iterable[dict[str, Any]]) -> dict[str, str]:
    """What each video is called in column 1: its external id, else its name without the ending.

    Returns:
        Video id → key.

    Raises:
        InvalidInput: two videos would be called the same.
    """
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    for video in videos:
        key = video["external_id"] or stem(video["name"])
        if key in names:
            raise InvalidInput(
                f"'{names[key]}' and '{video['name']}' would both be called '{key}' in the file. "
                "Give one of them an external id.",
                code="ambiguous_video",
            )
        keys[video["id"]], names[key] = key, video["name"]
    return keys


def stem(name: str) -> str:
    """A file name without its ending."""
    head, dot, tail = name.rpartition(".")
    return head.strip() if dot and head.strip() and len(tail) <= 5 else name.strip()


def video_rows(
    video: dict[str, Any],
    key: str,
    moments: Sequence[Moment],
    ids: dict[int, int],
    choice: Choice,
    decimals: int = 3,
) -> VideoRows:
    """The rows of one video of a snapshot.

    Args:
        video: as in the snapshot's content.
        key: what the video is called in the file.
        moments: timestamps with their frames, in order.
        ids: label id → AVA id.
        choice: whose word the rows are, and about what.
        decimals: of the box fractions.
    """
    made = VideoRows()
    wanted = by_label(video, choice)
    spans: dict[str, list[Span]] = {}
    for data in wanted["spans"]:
        if data["tube_id"] is not None:
            spans.setdefault(data["tube_id"], []).append(Span.of(data))
    size = (video["width"], video["height"])
    frames = [frame for _, frame in moments]
    for data in wanted["tubes"]:
        tube = Tube.of(data)
        if tube.state is not State.REJECTED:
            first, last = bisect_left(frames, tube.start_frame), bisect_left(frames, tube.end_frame)
            writer = _TubeWriter(key, tube, spans.get(tube.id, []), ids, size, decimals)
            writer.write(made, moments[first:last], choice.which)
    made.rows.sort(key=lambda row: (row.timestamp, row.person_id or 0, row.action_id or 0))
    made.proposals.sort(key=_by_score)
    made.boxes.sort(key=_by_score)
    if choice.which is Which.REVIEWED:
        _say_what_was_seen(made, key, moments, not_reviewed(video, choice))
    made.counts["rows"] = len(made.rows)
    made.counts["boxes"] = len({(row.timestamp, row.person_id) for row in made.rows})
    made.counts["proposal_rows"] = len(made.proposals)
    made.counts["excluded_timestamps"] = len(made.excluded)
    return made


def _say_what_was_seen(
    made: VideoRows, key: str, moments: Sequence[Moment], unseen: list[FrameRange]
) -> None:
    """Tell what nobody has reviewed from where nobody acts."""
    acting = {row.timestamp for row in made.rows}
    for timestamp, frame in moments:
        if within(frame, unseen):
            made.excluded.append(AvaRow(key, timestamp))
        elif timestamp not in acting:
            made.empty.append(AvaRow(key, timestamp))


def keyframe_moments(video: dict[str, Any], grid: Grid) -> list[Moment]:
    """The timestamps of AVA-Kinetics, whose clips have keyframes at any time.

    Those of the grid, and where a person was boxed in a single frame, or a single stretch shorter
    than the grid's step was reviewed, between them: the recorded time, to the microsecond.
    """
    moments = {frame: timestamp for timestamp, frame in grid.timestamps()}
    on_grid = sorted(moments)
    single = {
        tube["keyframes"][0]["frame"]
        for tube in video["tubes"]
        if len(tube["keyframes"]) == 1 and tube["state"] != State.REJECTED
    }
    for start, end in union(covered(video["coverage"])):
        between = bisect_left(on_grid, start) == bisect_left(on_grid, end)
        if between and not any(start <= frame < end for frame in single):
            single.add((start + end - 1) // 2)
    for frame in single - moments.keys():
        moments[frame] = grid.timestamp_of(frame)
    return sorted((timestamp, frame) for frame, timestamp in moments.items())


def normalized(box: Box, size: tuple[int, int]) -> NormBox | None:
    """The part of a box inside the picture as fractions of it; None if there is none."""
    clipped = box.clipped(*size)
    if clipped is None:
        return None
    width, height = size
    return clipped.x1 / width, clipped.y1 / height, clipped.x2 / width, clipped.y2 / height


def written(box: NormBox, decimals: int) -> NormBox:
    """The numbers as they are written; a side that rounds to nothing is one last digit wide."""
    step = 10.0**-decimals
    x1, y1, x2, y2 = (round(value, decimals) for value in box)
    x1, x2 = (x1, x2) if x2 > x1 else _one_step(x1, step)
    y1, y2 = (y1, y2) if y2 > y1 else _one_step(y1, step)
    return x1, y1, x2, y2


def _one_step(value: float, step: float) -> tuple[float, float]:
    low = min(value, 1.0 - step)
    return low, low + step


def _by_score(row: AvaRow) -> tuple[Decimal, float, int, int]:
    return row.timestamp, -(row.score or 0.0), row.person_id or 0, row.action_id or 0


@dataclass(slots=True)
class _TubeWriter:
    """Writes the moments of one tube."""

    key: str
    tube: Tube
    spans: list[Span]
    ids: dict[int, int]
    size: tuple[int, int]
    decimals: int

    def write(self, made: VideoRows, moments: Sequence[Moment], which: Which) -> None:
        chosen = [span for span in self.spans if self._counts(span, which)]
        undecided = [span for span in self.spans if span.state is State.PROPOSED]
        reached: set[str] = set()
        for timestamp, frame in moments:
            box = self.tube.box_at(frame)
            if box is None:
                continue
            norm = normalized(box, self.size)
            if norm is None:
                made.counts["boxes_outside_picture"] += 1
                continue
            here = [span for span in chosen if span.start_frame <= frame < span.end_frame]
            reached |= {span.id for span in here}
            row = AvaRow(
                self.key, timestamp, written(norm, self.decimals), person_id=self.tube.number
            )
            self._rows(made, row, here, which)
            self._proposals(made, row, undecided, frame)
        made.counts["spans_between_timestamps"] += len(chosen) - len(reached)

    def _counts(self, span: Span, which: Which) -> bool:
        if span.label_id not in self.ids:
            return False
        if which is Which.REVIEWED:
            return self.tube.is_confirmed and span.state in CONFIRMED
        if which is Which.PROPOSED:
            return span.state is State.PROPOSED
        return span.state is not State.REJECTED

    def _rows(self, made: VideoRows, row: AvaRow, here: list[Span], which: Which) -> None:
        for action_id in sorted({self.ids[span.label_id] for span in here}):
            made.rows.append(_with(row, action_id=action_id, person_id=row.person_id))
        if not here and self._is_whose(which):
            made.counts["boxes_without_action"] += 1

    def _is_whose(self, which: Which) -> bool:
        if which is Which.REVIEWED:
            return self.tube.is_confirmed
        return which is Which.ALL or self.tube.state is State.PROPOSED

    def _proposals(self, made: VideoRows, row: AvaRow, undecided: list[Span], frame: int) -> None:
        own = 1.0 if self.tube.score is None else self.tube.score
        if self.tube.state is State.PROPOSED:
            made.boxes.append(_with(row, score=own))
        for span in undecided:
            if span.label_id in self.ids and span.start_frame <= frame < span.end_frame:
                score = own if span.score is None else span.score
                made.proposals.append(_with(row, action_id=self.ids[span.label_id], score=score))


def _with(
    row: AvaRow,
    *,
    action_id: int | None = None,
    person_id: int | None = None,
    score: float | None = None,
) -> AvaRow:
    return AvaRow(row.video, row.timestamp, row.box, action_id, person_id, score)
