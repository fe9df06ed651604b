"""A video with a real tube on it, and ways to plant and to answer."""

import uuid

import pytest

from labeling import revisions
from labeling.checks import services
from labeling.domain.span import Span
from labeling.domain.tube import Tube
from labeling.models import PlantedProposal
from labeling.models.revision import Origin

REAL, ELSEWHERE = [10, 10, 50, 90], [400, 200, 440, 280]


def new_id() -> str:
    return str(uuid.uuid4())


def keyframes(box):
    return [{"frame": frame, "box": [float(x) for x in box]} for frame in (0, 40)]


@pytest.fixture
def by_hand(video, owner):
    """`by_hand(*operations)` commits them as a person does."""

    def commit(*operations, author=owner, base=None):
        return revisions.commit(
            video_id=video.id, operations=list(operations), origin=Origin.HAND,
            author_id=author.pk, base_revision=base,
        )  # fmt: skip

    return commit


@pytest.fixture
def run_id():
    return new_id()


@pytest.fixture
def real(video, labels, by_hand, run_id):
    """A tube that a run proposed and a person accepted, looked through for all actions."""
    tube = {"id": new_id(), "label_id": labels["person"], "keyframes": keyframes(REAL)}
    added = [{"op": "tube_add", "tube": {**tube, "score": 0.8}}]
    revisions.commit(video_id=video.id, operations=added, origin=Origin.RUN, run_id=run_id)
    covered = {"id": new_id(), "tube_id": tube["id"], "start_frame": 0, "end_frame": 41}
    covered["label_ids"] = [labels["walk"], labels["run"], labels["wave"]]
    span = {"id": new_id(), "tube_id": tube["id"], "label_id": labels["walk"]}
    by_hand(
        {"op": "tube_decide", "tube_id": tube["id"], "decision": "accepted"},
        {"op": "span_add", "span": span | {"start_frame": 0, "end_frame": 41}},
        {"op": "coverage_add", "coverage": covered},
    )
    return tube["id"]


@pytest.fixture
def planted_tube(video, labels, run_id, real):
    """Id of a planted tube; an action is proposed on it."""
    tube = Tube.of(
        {
            "id": new_id(), "label_id": labels["person"], "keyframes": keyframes(ELSEWHERE),
            "state": "proposed", "score": 0.7, "run_id": run_id,
        }
    )  # fmt: skip
    span = Span(new_id(), tube.id, labels["run"], 0, 41, state="proposed", score=0.6, run_id=run_id)
    return services.plant_tube(video_id=video.id, tube=tube, spans=[span], what="nobody there")


@pytest.fixture
def planted_span(video, labels, run_id, real):
    """Id of an action planted on the real tube."""
    span = Span(new_id(), real, labels["wave"], 0, 41, state="proposed", score=0.6, run_id=run_id)
    return services.plant_span(video_id=video.id, span=span, what="wave does not happen")


@pytest.fixture
def settle(video):
    """Settle the video and return (answers told, the row of the one planted proposal)."""

    def run():
        told = services.planted_settle(video_id=video.id)
        return told, PlantedProposal.objects.get()

    return run
