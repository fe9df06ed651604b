"""Which tubes of a project wait for a person, with the features already computed for them."""

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Descriptor
from mlbackend.select.ranking import Candidate
from mlbackend.train import holdout
from mlbackend.train.features import cached_features


def candidates(project_id: int, descriptor: Descriptor) -> list[Candidate]:
    """Proposed tubes of the training videos; hold-out videos are never queried.

    Features are taken from the cache only: ranking decodes no video.
    """
    found = [(video, api.annotations(video.id)) for video in api.videos(project_id)]
    measured_on_videos = any(
        video.split == holdout.HOLD_OUT_SPLIT and _is_reviewed(annotations)
        for video, annotations in found
    )
    return [
        _candidate(video, tube, descriptor, reserve=not measured_on_videos)
        for video, annotations in found
        if video.split == holdout.TRAIN_SPLIT
        for tube in annotations.tubes.values()
        if tube.state is State.PROPOSED
    ]


def _is_reviewed(annotations: Annotations) -> bool:
    confirmed = any(tube.is_confirmed for tube in annotations.tubes.values())
    return confirmed and bool(annotations.coverage)


def _candidate(
    video: api.VideoValue, tube: Tube, descriptor: Descriptor, *, reserve: bool
) -> Candidate:
    return Candidate(
        key=(video.sha256, tube.number or 0),
        video_id=video.id,
        tube_id=tube.id,
        number=tube.number,
        score=tube.score,
        features=cached_features(video, tube, descriptor),
        reserved=reserve and holdout.is_reserved(video.sha256, tube.number),
    )
