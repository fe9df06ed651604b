"""Agreement between a project and its replicas, and against its gold videos."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import Any

import numpy as np
from django.db.models import Q

from labeling import revisions
from labeling.domain.agreement import cohen_kappa, pooled_fleiss_kappa, pooled_kappa, table_iou
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.models import Project, Revision, Video
from labeling.models.revision import Origin
from labeling.models.video import VideoState
from labeling.planted import without_planted
from labeling.quality.cached import computed, digest, last_revisions
from labeling.quality.compare import Comparison, VideoAgreement, compare
from labeling.quality.rater import Columns, Key, Rater

ORIGINAL = 0  # place of the original among the raters
_TIMED = (LabelKind.ACTION, LabelKind.SEGMENT)


@dataclass(frozen=True)
class Side:
    """A project that takes part: its labels, and its video of each content."""

    project: Project
    labels: list[LabelValue]
    videos: dict[str, Video]
    newest: dict[Any, int]

    @classmethod
    def of(cls, project: Project) -> "Side":
        ready = project.videos.filter(state=VideoState.READY).defer("packed_ticks")
        labels = [label.value() for label in project.labels.all()]
        videos = {video.sha256: video for video in ready}
        return cls(project, labels, videos, last_revisions(project))


Done = list[tuple[Video, VideoAgreement]]


def agreement(project: Project) -> dict[str, Any]:
    """How far the project and its replicas agree: pair by pair, all together, and against gold.

    Many videos may take several calls: `videos_checked` of `videos_total` are in this one.
    """
    replicas = project.replicas.order_by("created_at", "id")
    sides = [Side.of(each) for each in (project, *replicas)]
    columns = Columns.of(label for side in sides for label in side.labels)
    shared = [
        video for sha256, video in sides[ORIGINAL].videos.items()
        if any(sha256 in side.videos for side in sides[1:])
    ]  # fmt: skip
    found = computed(_work(sides, shared, columns))
    done = [(video, value) for video, value in zip(shared, found, strict=True) if value]
    return {
        "raters": [_rater(side, shared) for side in sides],
        "is_replica": project.original_id is not None,
        "pairs": _pairs(done, sides, columns),
        "fleiss": _fleiss([value.units for _, value in done], columns),
        "gold": _gold(done, sides, columns),
        "gold_videos": sum(video.is_gold for video in sides[ORIGINAL].videos.values()),
        "videos_checked": len(done),
        "videos_total": len(shared),
    }


def _work(
    sides: list[Side], videos: list[Video], columns: Columns
) -> Iterator[tuple[str, Callable[[], VideoAgreement]]]:
    schema = digest([[label.as_dict() for label in side.labels] for side in sides])
    for video in videos:
        known = [
            (place, side.videos[video.sha256])
            for place, side in enumerate(sides)
            if video.sha256 in side.videos
        ]
        state = digest([[p, str(v.id), sides[p].newest.get(v.id, 0)] for p, v in known])
        yield f"agreement:{state}:{schema}", partial(_compare, sides, known, columns)


def _compare(sides: list[Side], known: list[tuple[int, Video]], columns: Columns) -> VideoAgreement:
    raters = {
        place: Rater(
            without_planted(video.id, revisions.annotations(video.id)),
            sides[place].labels,
            columns,
            video.frame_count,
        )  # fmt: skip
        for place, video in known
    }
    return compare(raters, len(sides))


def _rater(side: Side, shared: list[Video]) -> dict[str, Any]:
    return {
        "project_id": side.project.id,
        "name": side.project.name,
        "videos": sum(video.sha256 in side.videos for video in shared),
    }


def _pairs(done: Done, sides: list[Side], columns: Columns) -> list[dict[str, Any]]:
    pairs = sorted({pair for _, value in done for pair in value.pairs})
    return [
        {
            "first": sides[i].project.id,
            "second": sides[j].project.id,
            "videos": [
                {
                    "video_id": video.id, "video_name": video.name, "is_gold": video.is_gold,
                    "frame_count": video.frame_count,
                    **_figures(value.pairs[i, j], columns),
                }
                for video, value in done if (i, j) in value.pairs
            ],
            **_whole([value.pairs[i, j] for _, value in done if (i, j) in value.pairs], columns),
        }
        for i, j in pairs
    ]  # fmt: skip


def _whole(parts: list[Comparison], columns: Columns) -> dict[str, Any]:
    total = reduce(add, parts)
    return {**_figures(total, columns), "labels": _labels(total.tables, columns)}


def _figures(found: Comparison, columns: Columns) -> dict[str, Any]:
    timed = [i for i, (kind, _) in enumerate(columns.all) if kind in _TIMED]
    return {
        "frames": found.frames,
        "first_tubes": found.first_tubes,
        "second_tubes": found.second_tubes,
        "matched": found.matched,
        "mean_tube_iou": found.iou_sum / found.matched if found.matched else None,
        "span_iou": table_iou(found.tables[timed].sum(axis=0)) if timed else None,
        "kappa": pooled_kappa(found.tables),
    }


def _labels(tables: np.ndarray, columns: Columns) -> list[dict[str, Any]]:
    """Figures of every label that somebody gave."""
    return [
        {
            "label": name, "kind": kind, "units": int(table.sum()), "both": int(table[1, 1]),
            "first_only": int(table[1, 0]), "second_only": int(table[0, 1]),
            "kappa": cohen_kappa(table), "span_iou": table_iou(table) if kind in _TIMED else None,
        }
        for (kind, name), table in zip(columns.all, tables, strict=True)
        if table.sum() > table[0, 0]
    ]  # fmt: skip


def _fleiss(units: list[np.ndarray], columns: Columns) -> dict[str, Any]:
    """Over all raters; units that fewer than two rated are not counted."""
    if not units:
        return {"kappa": None, "labels": []}
    counts = np.sum(units, axis=0)
    tables = [_rows(count) for count in counts]
    labels = [
        _fleiss_label(key, rows, weights)
        for key, (rows, weights) in zip(columns.all, tables, strict=True)
        if weights @ rows[:, 1]
    ]
    return {"kappa": pooled_fleiss_kappa(tables), "labels": labels}


def _fleiss_label(key: Key, rows: np.ndarray, weights: np.ndarray) -> dict[str, Any]:
    kind, name = key
    kappa = pooled_fleiss_kappa([(rows, weights)])
    return {"label": name, "kind": kind, "units": int(weights.sum()), "kappa": kappa}


def _rows(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) how many said no and yes, and (N,) how many units, of those that two or more rated."""
    rated, yes = np.nonzero(count)
    told = rated >= 2
    rated, yes = rated[told], yes[told]
    return np.stack([rated - yes, yes], axis=1), count[rated, yes]


def _gold(done: Done, sides: list[Side], columns: Columns) -> list[dict[str, Any]]:
    """Each replica's people against the original, on gold videos.

    A video counts for those who changed anything on it by hand: for one person where one did it
    all, for all of them together otherwise.
    """
    gold = [(video, value) for video, value in done if video.is_gold]
    rows = []
    for place, side in enumerate(sides[1:], start=1):
        own = [(side.videos.get(v.sha256), value.pairs.get((ORIGINAL, place))) for v, value in gold]
        people = _people(video for video, _ in own if video)
        by_people: dict[tuple[str, ...], list[Comparison]] = {}
        for video, found in own:
            if video and found and video.id in people:
                by_people.setdefault(people[video.id], []).append(found)
        rows += [
            {
                "project_id": side.project.id, "people": list(names), "videos": len(parts),
                **_whole(parts, columns),
            }
            for names, parts in sorted(by_people.items())
        ]  # fmt: skip
    return rows


def _people(videos: Iterable[Video]) -> dict[Any, tuple[str, ...]]:
    """Who worked by hand on each of the videos, by name."""
    by_hand = Revision.objects.filter(~Q(author=None), video__in=list(videos), origin=Origin.HAND)
    found: dict[Any, set[str]] = {}
    pairs = by_hand.order_by().values_list("video", "author__username").distinct()
    for video_id, name in pairs:
        found.setdefault(video_id, set()).add(name)
    return {video_id: tuple(sorted(names)) for video_id, names in found.items()}
