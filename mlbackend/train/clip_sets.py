"""The clips a net trains on: windows of reviewed tubes, cut out of each video once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling import api
from mlbackend.data.descriptor import Ranges
from mlbackend.data.net_descriptor import default_every
from mlbackend.data.windows import looked_at, tube_windows
from mlbackend.nets.action_net import NetSpec
from mlbackend.train.dataset import Dataset, Rows, check_trainable, dataset_from
from mlbackend.train.features import clip_of
from mlbackend.train.net.clips import ClipStore, Sample
from mlbackend.train.truth import ReviewedTube, reviewed_tubes

# Clips that were not used for longest are removed beyond this.
KEEP_BYTES = 20 * 2**30

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class ClipSet:
    """Rows to train on, without features, and the file of each row's clip."""

    dataset: Dataset
    files: list[Sample]


def clip_set(content: dict[str, Any], spec: NetSpec, progress: Progress) -> ClipSet:
    """Choose windows and make their clips.

    Of the overlapping windows of a tube those train that a net would be shown for proposals.

    Raises:
        InvalidInput: there is too little to train on.
        NotFound: a video of the snapshot was deleted meanwhile.
    """
    videos: dict[str, api.VideoValue] = {}

    def windows(reviewed: ReviewedTube) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        if reviewed.video_id not in videos:
            videos[reviewed.video_id] = api.video(reviewed.video_id)
        found = tube_windows(reviewed.tube, videos[reviewed.video_id].timebase)
        return found, np.zeros((len(found), 0))

    dataset = dataset_from(content, windows)
    check_trainable(dataset)
    tubes = {(each.video_id, each.tube.id): each.tube for each in reviewed_tubes(content)}
    rows = _shown(dataset.train, spec, videos, tubes)
    store = ClipStore(settings.HOME_DIRS["features"], spec)
    store.prune(KEEP_BYTES)
    files: list[Sample | None] = [None] * len(rows.Y)
    names = list(dict.fromkeys(rows.video_ids.tolist()))
    for done, video_id in enumerate(names):
        video = videos[video_id]

        def report(share: float, done: int = done, name: str = video.name) -> None:
            progress((done + share) / len(names), f"Cutting clips out of {name}.")

        report(0.0)
        places = np.flatnonzero(rows.video_ids == video_id)
        own = list(dict.fromkeys(rows.tube_ids[places].tolist()))
        of_video = [tubes[video_id, tube_id] for tube_id in own]
        ranges: Ranges = {i: [] for i in range(len(own))}
        for place in places:
            index = own.index(rows.tube_ids[place])
            window = int(rows.windows[place, 0]), int(rows.windows[place, 1])
            ranges[index].append(window)
            files[place] = store.sample(clip_of(video), of_video[index], window)
        store.make(clip_of(video), of_video, ranges, report)
    return ClipSet(replace(dataset, train=rows), [file for file in files if file is not None])


def _shown(rows: Rows, spec: NetSpec, videos: dict[str, api.VideoValue], tubes: dict) -> Rows:
    """The rows a net is shown; of a tube whose shown windows nobody reviewed, its first row."""
    every = default_every(spec)
    kept = np.zeros(len(rows.Y), dtype=bool)
    for video_id, tube_id in dict.fromkeys(zip(rows.video_ids, rows.tube_ids, strict=True)):
        timebase = videos[str(video_id)].timebase
        found = tube_windows(tubes[str(video_id), str(tube_id)], timebase)
        shown = {tuple(w) for w in found[looked_at(found, timebase, every)].tolist()}
        places = np.flatnonzero((rows.video_ids == video_id) & (rows.tube_ids == tube_id))
        of_tube = [p for p in places if tuple(rows.windows[p].tolist()) in shown]
        kept[of_tube or places[:1]] = True
    return Rows(
        rows.X[kept], rows.Y[kept], rows.tube_ids[kept], rows.video_ids[kept], rows.windows[kept]
    )
