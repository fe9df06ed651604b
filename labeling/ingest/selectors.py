from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from django.db.models import Count, Q

from labeling.domain.ranges import Ranges, union
from labeling.domain.state import CONFIRMED, State
from labeling.domain.timebase import Timebase
from labeling.models import CoverageRow, Project, TubeRow, Video
from labeling.models.annotation import HIDDEN
from labeling.models.video import VideoState

_NONE = {"tubes": 0, "proposed": 0, "confirmed": 0, "rejected": 0}


def videos(project: Project) -> list[Video]:
    # Whether one is annotated blind is the project's word.
    return list(project.videos.select_related("project"))


def counts(video_ids: Iterable[Any]) -> dict[Any, dict[str, int]]:
    """Tubes by state and reviewed frames of each video, in two queries; nothing that is hidden."""
    ids = list(video_ids)
    rows = TubeRow.objects.filter(video__in=ids).exclude(HIDDEN).order_by().values("video")
    tubes = {
        row.pop("video"): row
        for row in rows.annotate(
            tubes=Count("id"),
            proposed=Count("id", filter=Q(state=State.PROPOSED)),
            confirmed=Count("id", filter=Q(state__in=[str(state) for state in CONFIRMED])),
            rejected=Count("id", filter=Q(state=State.REJECTED)),
        )
    }
    covered: dict[Any, Ranges] = {video_id: [] for video_id in ids}
    ranges = CoverageRow.objects.filter(video__in=ids, tube=None)
    for video_id, start, end in ranges.values_list("video", "start_frame", "end_frame"):
        covered[video_id].append((start, end))
    return {
        video_id: {**tubes.get(video_id, _NONE), "covered_frames": _frames(covered[video_id])}
        for video_id in ids
    }


def _frames(ranges: Ranges) -> int:
    """How many frames lie in at least one of the ranges."""
    return sum(end - start for start, end in union(ranges))


def rate(timebase: Timebase) -> Fraction:
    """Average frames per second between the first and the last frame, as a short fraction.

    The last frame's own duration is left out: containers guess it, and 30 would read 30.0009.
    """
    shown = (int(timebase.ticks[-1]) - int(timebase.ticks[0])) * timebase.second
    exact = (timebase.frame_count - 1) / shown if shown else timebase.fps
    return exact.limit_denominator(1001)


def video_facts(video: Video) -> dict[str, Any]:
    """Frame rate, duration and addresses; zeros and None while the video is not ready."""
    if video.state != VideoState.READY:
        return {"fps": [0, 1], "duration_s": 0.0, "thumbnail_url": None, "media_url": None}
    timebase = video.timebase()
    # The content's hash in the address lets browsers keep the files for ever.
    base, version = f"/api/videos/{video.id}", video.sha256[:12]
    return {
        "fps": list(rate(timebase).as_integer_ratio()),
        "duration_s": timebase.duration_s,
        "thumbnail_url": f"{base}/thumbnail?v={version}" if video.thumbnail else None,
        "media_url": f"{base}/media?v={version}" if video.proxy else None,
    }


def timebase(video: Video) -> dict[str, Any]:
    recorded = video.timebase()
    ticks = np.asarray(recorded.ticks).tolist()
    return {
        "time_base": list(recorded.time_base), "ticks": ticks, "end_tick": recorded.end_tick
    }  # fmt: skip
