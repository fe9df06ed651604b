"""A queue of viewings written out by hand, whatever the ranking would say."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from labeling import revisions
from labeling.correct import services as correct
from labeling.models import Video
from labeling.models.revision import Origin
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.services import queue_store
from mlbackend.select.viewing import Question, QuestionKind, Viewing


def tube_viewing(video: Video, tube_id: str, number: int, **values: Any) -> Viewing:
    """Which actions on this tube?"""
    asked = (Question(QuestionKind.ACTIONS, f"not sure about {number}"),)
    return Viewing(
        **{
            "kind": "tube",
            "key": (video.sha256, number),
            "video_id": str(video.id),
            "tube_id": tube_id,
            "tube_number": number,
            "questions": asked,
            "asked_by": {"seed": 7},
            **values,
        }  # fmt: skip
    )


def segment_viewing(video: Video, span_id: str, **values: Any) -> Viewing:
    """Is the end of this segment right?"""
    asked = (Question(QuestionKind.BOUNDARY, "its end is a guess"),)
    return Viewing(
        kind="segment", key=(video.sha256, span_id), video_id=str(video.id), span_id=span_id,
        questions=asked, **values,
    )  # fmt: skip


def stretch_viewing(video: Video, start: int, end: int, **values: Any) -> Viewing:
    """Is anybody missing here?"""
    asked = (Question(QuestionKind.MISSING, "random check"),)
    return Viewing(
        kind="stretch", key=(video.sha256, start), video_id=str(video.id), questions=asked,
        start_frame=start, end_frame=end, **values,
    )  # fmt: skip


def ask(project: Any, viewings: Iterable[Viewing], model: ModelVersion | None = None) -> int:
    """Make this the plan of the queue."""
    return queue_store(project.id, list(viewings), model, timezone.now())


def ask_tubes(video: Video, tube_ids: Iterable[str], **values: Any) -> int:
    """Ask about these tubes in this order."""
    made = [tube_viewing(video, tube, i, **values) for i, tube in enumerate(tube_ids, start=1)]
    return ask(video.project, made)


def order(project: Any) -> list[str]:
    """Tube ids of the open items in order."""
    rows = QueueItem.objects.filter(project=project, state="open").order_by("rank", "created_at")
    return [str(item.tube_id) for item in rows]


def say(user: Any, video: Video, *operations: dict[str, Any], seconds: float = 0.0) -> int:
    """Commit as this person does on the page; returns the revision."""
    done = revisions.commit(
        video_id=video.id, operations=list(operations), origin=Origin.HAND, author_id=user.pk,
        seconds=seconds,
    )  # fmt: skip
    correct.tell(video.project_id, str(video.id), user.pk, done.revision, done.changes)
    return done.revision


def decide(tube_id: str, decision: str = "accepted") -> dict[str, Any]:
    return {"op": "tube_decide", "tube_id": tube_id, "decision": decision}


def add_span(
    span_id: str, tube_id: str | None, label_id: int, start: int = 0, end: int = 40
) -> dict[str, Any]:
    span = {
        "id": span_id, "tube_id": tube_id, "label_id": label_id,
        "start_frame": start, "end_frame": end,
    }  # fmt: skip
    return {"op": "span_add", "span": span}


def cover(coverage_id: str, tube_id: str | None, label_ids: list[int], start: int, end: int) -> Any:
    covered = {
        "id": coverage_id, "tube_id": tube_id, "start_frame": start, "end_frame": end,
        "label_ids": label_ids,
    }  # fmt: skip
    return {"op": "coverage_add", "coverage": covered}
