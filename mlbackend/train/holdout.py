"""What a model is measured on and never trained on."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from labeling.domain.blind import HOLD_OUT as HOLD_OUT_SPLIT
from mlbackend.train.truth import ReviewedTube

TRAIN_SPLIT = "train"
# One tube in this many is reserved while there are no hold-out videos.
RESERVED_ONE_IN = 4


class HoldOut(StrEnum):
    """Where the figures of a round come from."""

    VIDEOS = "hold-out videos"
    RESERVED = "reserved tubes"
    STRETCHES = "reserved stretches"


HINTS = {
    HoldOut.VIDEOS: "",
    HoldOut.RESERVED: (
        "Tubes of the training videos are reserved to measure on: add hold-out videos for an "
        "honest figure."
    ),
    HoldOut.STRETCHES: (
        "Stretches of the training videos are reserved to measure on, and they resemble those "
        "learned from: add hold-out videos for an honest figure."
    ),
}


def is_reserved(video_sha256: str, number: int | None) -> bool:
    """Whether this tube is among the one in four kept for measuring.

    Drawn by a hash of the video's content and the tube's number in it, so that it stays the same
    from round to round, and where the project is made again.
    """
    text = f"{video_sha256}/{number}"
    return hashlib.sha256(text.encode()).digest()[0] % RESERVED_ONE_IN == 0


def choose(tubes: Sequence[ReviewedTube], otherwise: HoldOut = HoldOut.RESERVED) -> HoldOut:
    """Hold-out videos as soon as one of their tubes is reviewed, otherwise reserved tubes."""
    found = any(tube.split == HOLD_OUT_SPLIT for tube in tubes)
    return HoldOut.VIDEOS if found else otherwise


def is_held_out(reviewed: ReviewedTube, rule: HoldOut) -> bool:
    """Whether the tube measures under this rule."""
    if rule is HoldOut.VIDEOS:
        return reviewed.split == HOLD_OUT_SPLIT
    tube = reviewed.tube
    return reviewed.split == TRAIN_SPLIT and is_reserved(reviewed.video_sha256, tube.number)


def is_trained_on(reviewed: ReviewedTube, rule: HoldOut) -> bool:
    """Whether the tube trains: of a training video and not held out. val and test do neither."""
    return reviewed.split == TRAIN_SPLIT and not is_held_out(reviewed, rule)
