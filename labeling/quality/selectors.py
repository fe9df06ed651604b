"""Suspicious labels of a project, video by video."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from labeling import revisions
from labeling.domain.suspicion import Scene, exclusive_groups, findings
from labeling.domain.taxonomy import LabelValue
from labeling.models import Project, Video
from labeling.models.video import VideoState
from labeling.planted import without_planted
from labeling.quality.cached import computed, digest, last_revisions

Item = dict[str, Any]


def suspicious(
    project: Project, *, kind: str = "", video_id: Any = None, offset: int = 0, limit: int = 100
) -> dict[str, Any]:
    """A page of findings, the worst first, with how many there are of each kind and in each video.

    A large project may take several calls: `videos_checked` of `videos_total` are in this one.
    """
    videos = list(project.videos.filter(state=VideoState.READY).defer("packed_ticks"))
    checked = list(zip(videos, computed(_work(project, videos)), strict=True))
    items = [
        {**item, "video_id": video.id, "video_name": video.name}
        for video, found in checked
        for item in found or ()
    ]
    of_kind = [item for item in items if kind in ("", item["kind"])]
    of_video = [item for item in items if video_id in (None, item["video_id"])]
    both = [item for item in of_kind if video_id in (None, item["video_id"])]
    # Stable: equally bad ones stay in the order of their videos.
    both.sort(key=lambda item: -item["severity"])
    names = {video.id: video.name for video in videos}
    return {
        "items": both[offset : offset + limit],
        "total": len(both),
        "kinds": [
            {"kind": name, "count": count}
            for name, count in Counter(item["kind"] for item in of_video).most_common()
        ],
        "videos": [
            {"video_id": found, "video_name": names[found], "count": count}
            for found, count in Counter(item["video_id"] for item in of_kind).most_common()
        ],
        "checked_at_revision": project.revision,
        "videos_checked": sum(found is not None for _, found in checked),
        "videos_total": len(videos),
    }  # fmt: skip


def _work(project: Project, videos: list[Video]) -> Iterator[tuple[str, Callable[[], list[Item]]]]:
    newest = last_revisions(project)
    labels = [label.value() for label in project.labels.all()]
    groups = exclusive_groups(labels, project.settings)
    schema = digest([label.as_dict() for label in labels], [sorted(group) for group in groups])
    for video in videos:
        key = f"suspicious:{video.id}:{newest.get(video.id, 0)}:{schema}"
        yield key, partial(_check, video, labels, groups)


def _check(
    video: Video, labels: list[LabelValue], groups: tuple[frozenset[int], ...]
) -> list[Item]:
    annotations = without_planted(video.id, revisions.annotations(video.id))
    scene = Scene(
        annotations, video.timebase(), video.width, video.height,
        {label.id: label for label in labels}, groups,
    )  # fmt: skip
    numbers = {tube.id: tube.number for tube in annotations.tubes.values()}
    return [
        {**asdict(finding), "tube_number": numbers.get(finding.tube_id or "")}
        for finding in findings(scene)
    ]
