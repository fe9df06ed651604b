"""Reviewed tubes that were never asked about a label that the project asks about now.

A label that was added, or split off another, makes earlier work "not asked", not negative. Such
tubes come back to a person: first those that carried the label it was split off, then those on
which the model in use sees the new label most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeling.domain.ranges import difference
from labeling.domain.span import Coverage
from labeling.domain.tube import Tube
from mlbackend.select.candidates import VideoScene, Waiting
from mlbackend.select.packed import PackedFeatures, Wanted
from mlbackend.select.viewing import Question, QuestionKind, Viewing
from mlbackend.train.features import clip_of
from mlbackend.train.predictor import Champion

# A tube that was asked about a label on at least this share of its frames is not asked again.
ASKED = 0.5
NAMES_SHOWN = 3
# Of the queue's first places one in so many is such a tube.
EVERY = 4


@dataclass(frozen=True)
class NewLabels:
    """What changed about the labels.

    Attributes:
        since: revision up to which people reviewed without a label, by label id.
        parts: label that was split to the labels that took its place.
        moved: revisions that changed coverage with the labels, and not because somebody looked.
    """

    since: Mapping[int, int] = field(default_factory=dict)
    parts: Mapping[int, Sequence[int]] = field(default_factory=dict)
    moved: frozenset[int] = frozenset()


def new_labels(changes: Sequence[Any]) -> NewLabels:
    """Read the changes of a schema, oldest first, as `labeling.api.schema_changes` gives them."""
    since: dict[int, int] = {}
    parts: dict[int, tuple[int, ...]] = {}
    for change in changes:
        detail = change.detail
        added: list[dict[str, Any]] = []
        if change.operation in ("add", "restore"):
            added = detail.get("labels") or [detail["label"]]
        elif change.operation == "split":
            added = detail["into"]
            parts[int(detail["from"]["id"])] = tuple(int(label["id"]) for label in added)
        since |= {int(label["id"]): int(detail.get("at_revision", 0)) for label in added}
    moved = frozenset(
        change.revision
        for change in changes
        if change.operation in ("merge", "split") and change.revision is not None
    )
    return NewLabels(since, parts, moved)


@dataclass(frozen=True, eq=False)
class NotAsked:
    """A confirmed tube and the labels it was not asked about.

    Attributes:
        parts: those that are parts of a label the tube carries: one of them is there for sure.
    """

    scene: VideoScene
    tube: Tube
    label_ids: tuple[int, ...]
    parts: tuple[int, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """Names it in a way that a project made again would too."""
        return ("again", self.scene.video.sha256, self.tube.number or 0, self.scene.video.name)


def not_asked(found: Waiting, new: NewLabels) -> list[NotAsked]:
    """The confirmed tubes of training videos that were reviewed before a label was asked about."""
    labels = [label_id for label_id in found.actions if label_id in new.since]
    lacking = [
        item
        for scene in found.scenes
        if labels
        for item in _in_scene(scene, frozenset(found.actions), labels, new)
    ]  # fmt: skip
    return sorted(lacking, key=lambda item: item.key)


def _in_scene(
    scene: VideoScene, actions: frozenset[int], labels: Sequence[int], new: NewLabels
) -> Iterator[NotAsked]:
    everywhere = scene.annotations.coverage_of(None)
    by_tube: dict[str | None, list[Coverage]] = {}
    for covered in scene.annotations.coverage.values():
        by_tube.setdefault(covered.tube_id, []).append(covered)
    for tube in scene.annotations.tubes.values():
        if not tube.is_confirmed:
            continue
        near = [*by_tube.get(tube.id, ()), *(c for c in everywhere if _meets(c, tube))]
        # Where somebody looked for people alone no action was asked about, old or new.
        about = [c for c in near if actions.intersection(c.label_ids)]
        lacking = tuple(i for i in labels if _is_new(about, i, new) and not _asked(tube, about, i))
        if lacking:
            yield NotAsked(scene, tube, lacking, _parts(scene, tube, lacking, new))


def again_viewings(
    lacking: Sequence[NotAsked],
    scores: Mapping[tuple[Any, ...], float],
    found: Waiting,
    asked_by: Mapping[str, Any],
) -> list[Viewing]:
    """Viewings of such tubes, the most telling first.

    Args:
        scores: how likely one of the labels is there, by `NotAsked.key`; see `likely`.
        asked_by: what is kept with every item.
    """

    def telling(item: NotAsked) -> tuple[Any, ...]:
        return not item.parts, -scores.get(item.key, 0.0), item.key

    return [
        _viewing(item, scores.get(item.key, 0.0), found, asked_by)
        for item in sorted(lacking, key=telling)
    ]


def likely(
    lacking: Sequence[NotAsked], champion: Champion | None, folder: Path, project_id: int
) -> dict[tuple[Any, ...], float]:
    """What the model in use says of these tubes: of their labels the likeliest, at its peak.

    Tubes without features, and labels it has not learned, have no entry.

    Args:
        folder: of the feature cache.
    """
    if champion is None or not lacking:
        return {}
    model = champion.model
    column = {
        label_id: c for c, label_id in enumerate(model.label_ids) if model.learned[c]
    }  # fmt: skip
    asked = [item for item in lacking if any(i in column for i in item.label_ids)]
    packed = PackedFeatures(folder, f"{project_id}-again", champion.descriptor)
    places = packed.find([Wanted(clip_of(item.scene.video), item.tube) for item in asked])
    scores = {}
    for item, place in zip(asked, places, strict=True):
        if place is not None:
            columns = [column[i] for i in item.label_ids if i in column]
            p = model.predict_proba(place.rows.astype(float))[:, columns]
            scores[item.key] = float(p.max())
    return scores


def with_again(viewings: Sequence[Viewing], again: Sequence[Viewing]) -> list[Viewing]:
    """Put one such tube after every `EVERY - 1` others, and what is left at the end."""
    waiting = list(again)
    mixed: list[Viewing] = []
    for number, viewing in enumerate(viewings, start=1):
        mixed.append(viewing)
        if number % (EVERY - 1) == 0 and waiting:
            mixed.append(waiting.pop(0))
    return mixed + waiting


def _viewing(item: NotAsked, score: float, found: Waiting, asked_by: Mapping[str, Any]) -> Viewing:
    reason = _reason(item, found)
    return Viewing(
        kind="tube",
        key=item.key,
        video_id=item.scene.video.id,
        questions=(Question(QuestionKind.ACTIONS, reason),),
        tube_id=item.tube.id,
        tube_number=item.tube.number,
        score=score,
        slice="schema",
        asked_by={**asked_by, "labels": list(item.label_ids)},
    )


def _reason(item: NotAsked, found: Waiting) -> str:
    if item.parts:
        return f"which part is it now: {_names(item.parts, found)}?"
    return f"not asked yet: {_names(item.label_ids, found)}"


def _names(label_ids: Sequence[int], found: Waiting) -> str:
    names = [found.actions[label_id] for label_id in label_ids]
    more = " …" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more


def _meets(covered: Coverage, tube: Tube) -> bool:
    return covered.start_frame < tube.end_frame and covered.end_frame > tube.start_frame


def _is_new(about: Sequence[Coverage], label_id: int, new: NewLabels) -> bool:
    """Whether somebody reviewed here before the label was asked about."""
    return any(
        (c.revision <= new.since[label_id] or c.revision in new.moved)
        and label_id not in c.label_ids
        for c in about
    )


def _asked(tube: Tube, about: Sequence[Coverage], label_id: int) -> bool:
    ranges = [(c.start_frame, c.end_frame) for c in about if label_id in c.label_ids]
    left = difference([(tube.start_frame, tube.end_frame)], ranges)
    frames = sum(end - start for start, end in left)
    return frames <= (1.0 - ASKED) * (tube.end_frame - tube.start_frame)


def _parts(scene: VideoScene, tube: Tube, labels: Sequence[int], new: NewLabels) -> tuple[int, ...]:
    carried = {s.label_id for s in scene.spans_by_tube.get(tube.id, ()) if s.is_confirmed}
    parts = {part for label_id in carried for part in new.parts.get(label_id, ())}
    return tuple(label_id for label_id in labels if label_id in parts)
