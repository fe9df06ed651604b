"""Planting wrong proposals, and taking them away when somebody has decided them.

Everything goes through the one door, as commits of origin "check". Recording an answer and taking
the object away is one transaction; a crash before it leaves both undone, and whoever comes next,
the next commit on the video or the next rebuild of the queue, does both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling import revisions
from labeling.checks.verdict import CAUGHT, MISSED, WITHDRAWN, Verdict, verdict
from labeling.checks.wording import said
from labeling.domain.annotations import Annotations
from labeling.domain.blind import HOLD_OUT
from labeling.domain.errors import Conflict
from labeling.domain.span import Span
from labeling.domain.tube import Tube
from labeling.models import PlantedProposal, Project, Revision, Video
from labeling.models.planted import PlantedAnswer
from labeling.models.revision import Origin
from labeling.planted import Family, families, planted_in


@dataclass(frozen=True, slots=True)
class Answered:
    """A planted proposal that was decided just now; `message` is for who decided it.

    `was_caught` is None where it had been decided before and was put back.
    """

    kind: str
    object_id: str
    was_caught: bool | None
    message: str
    author_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """As a commit's answer says it."""
        return {"kind": self.kind, "caught": self.was_caught, "message": self.message}


def plant_tube(*, video_id: Any, tube: Tube, spans: Sequence[Span] = (), what: str) -> str:
    """Plant a tube where nobody is, with proposed actions on it; returns its id.

    Args:
        tube, spans: as a run would propose them, with that run's id and new ids of their own.
        what: why it is wrong, for who manages the project.

    Raises:
        Conflict: the video is in the hold-out, where nothing is proposed.
    """
    operations = [
        {"op": "tube_add", "tube": tube.as_dict()},
        *({"op": "span_add", "span": span.as_dict()} for span in spans),
    ]
    return _plant(video_id, "tube", tube.id, what, operations)


def plant_span(*, video_id: Any, span: Span, what: str) -> str:
    """Plant an action on a tube of which it is known not to happen; returns the span's id.

    Raises:
        Conflict: as `plant_tube`.
    """
    operations = [{"op": "span_add", "span": span.as_dict()}]
    return _plant(video_id, "span", span.id, what, operations)


@transaction.atomic
def _plant(video_id: Any, kind: str, object_id: str, what: str, operations: list[dict]) -> str:
    video = Video.objects.get(pk=video_id)
    if video.split == HOLD_OUT:
        raise Conflict(f"Video '{video.name}' is in the hold-out; nothing is planted there.")
    PlantedProposal.objects.create(
        project_id=video.project_id, video=video, kind=kind, object_id=object_id, what=what[:300]
    )
    revisions.commit(video_id=video.pk, operations=operations, origin=Origin.CHECK)
    return object_id


def planted_settle(*, video_id: Any) -> list[Answered]:
    """Record what people decided about the video's planted proposals, and take those away.

    With them goes what hangs on them, what was split off, and what was put back since. A planted
    tube that holds a person's tube stays: it is that person's work now.
    """
    if not PlantedProposal.objects.filter(video_id=video_id).exists():
        return []
    with transaction.atomic():
        _lock(video_id)
        now = revisions.annotations(video_id)
        rows = PlantedProposal.objects.filter(video_id=video_id, answer=PlantedAnswer.OPEN)
        waiting = {str(row.object_id): row for row in rows}
        answered, left = [], []
        every = families(video_id)
        for family in every:
            row = waiting.get(family.root)
            found = verdict(family, now) if row else None
            if row is not None and found is None:
                left.append(family)
            elif row is not None and found is not None:
                answered += _record(row, family, found)
                if found.how == "merged":
                    # What the merge moved stays until the next commit: that may be its undoing.
                    left.append(family)
        gone = _take_away(video_id, now, left)
    return answered or _put_back(gone & {family.root for family in every} - waiting.keys())


def planted_withdraw(*, video_id: Any, object_ids: Iterable[Any] | None = None) -> int:
    """Take open planted proposals away without an answer; returns how many were.

    Args:
        object_ids: these of the video; None: all.
    """
    planted_settle(video_id=video_id)
    with transaction.atomic():
        _lock(video_id)
        rows = PlantedProposal.objects.filter(video_id=video_id, answer=PlantedAnswer.OPEN)
        if object_ids is not None:
            rows = rows.filter(object_id__in=list(object_ids))
        gone = {str(object_id) for object_id in rows.values_list("object_id", flat=True)}
        if not gone:
            return 0
        rows.update(answer=WITHDRAWN, answered_at=timezone.now())
        kept = _open_ids(video_id)
        left = [family for family in families(video_id) if family.root in kept]
        _take_away(video_id, revisions.annotations(video_id), left)
    return len(gone)


def planted_mend(*, project_id: int) -> list[Answered]:
    """Settle what was decided while the server fell over, or came back in another way."""
    rows = PlantedProposal.objects.filter(project_id=project_id).order_by()
    video_ids = sorted(rows.values_list("video_id", flat=True).distinct(), key=str)
    return [one for video_id in video_ids for one in planted_settle(video_id=video_id)]


def _lock(video_id: Any) -> None:
    """Nobody commits to the project until this is through."""
    projects = Project.objects.filter(videos=video_id)
    projects.select_for_update(no_key=True, of=("self",)).first()


def _open_ids(video_id: Any) -> set[str]:
    rows = PlantedProposal.objects.filter(video_id=video_id, answer=PlantedAnswer.OPEN)
    return {str(object_id) for object_id in rows.values_list("object_id", flat=True)}


def _record(row: PlantedProposal, family: Family, found: Verdict) -> list[Answered]:
    """Write the answer down, under who gave it; a file that took it away is nobody."""
    author_id, at = _answerer(row.video_id, family)
    answer = found.answer if at is not None else WITHDRAWN
    row.answer, row.shown_to_id, row.answered_at = answer, author_id, at or timezone.now()
    row.what = f"{row.what} ({found.how})"[:300]
    row.save(update_fields=["answer", "shown_to", "answered_at", "what"])
    if answer not in (CAUGHT, MISSED):
        return []
    message = said(row.kind, found)
    return [Answered(row.kind, family.root, answer == CAUGHT, message, author_id)]


def _answerer(video_id: Any, family: Family) -> tuple[int | None, Any]:
    """Who changed the family last by hand, and when; (None, None) where nobody did."""
    rows = Revision.objects.filter(video_id=video_id, origin=Origin.HAND).order_by("-number")
    fields = ("changes", "author_id", "created_at")
    for changes, author_id, at in rows.values_list(*fields).iterator(chunk_size=20):
        if any(change["id"] in family.ids for change in changes):
            return author_id, at
    return None, None


def _take_away(video_id: Any, now: Annotations, left: Sequence[Family]) -> set[str]:
    """Remove all that is planted but what belongs to families left open; return what was removed.

    What hangs on a removed tube is not named.
    """
    stays = {item_id for family in left for item_id in family.ids}
    planted = planted_in(video_id, now)
    tubes = planted.tubes - stays
    spans = {
        span_id for span_id in planted.spans - stays if now.spans[span_id].tube_id not in tubes
    }
    operations = [
        *({"op": "span_remove", "span_id": span_id} for span_id in sorted(spans)),
        *({"op": "tube_remove", "tube_id": tube_id} for tube_id in sorted(tubes)),
    ]
    if operations:
        revisions.commit(video_id=video_id, operations=operations, origin=Origin.CHECK)
    return tubes | spans


def _put_back(roots: set[str]) -> list[Answered]:
    """A word on what had been decided before and was put back."""
    return [Answered("proposal", root, None, said("", None)) for root in sorted(roots)[:1]]
