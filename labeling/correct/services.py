"""What a person's commit sets off is registered here by annotator/pipeline.py."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from labeling import revisions
from labeling.correct.accepting import accept_check
from labeling.domain.annotations import Change
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from labeling.models import Video
from labeling.models.revision import Origin

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person's commit settled, whether kept, changed or gone.

    Attributes:
        tubes: state of every tube that is no open proposal now, by id; None where it is gone.
        spans: the same of spans, on tubes and on the video.
        covered: ranges [start_frame, end_frame) of the video that were marked as reviewed.
        covered_tubes: tubes of which it was said that all their actions were looked at.
        reopened: tubes and spans that are open proposals again.
        at_once: its tubes were accepted by their scores, all by one gesture.
    """

    project_id: int
    video_id: str
    author_id: int | None
    revision: int
    tubes: dict[str, str | None] = field(default_factory=dict)
    spans: dict[str, str | None] = field(default_factory=dict)
    covered: tuple[tuple[int, int], ...] = ()
    covered_tubes: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    at_once: bool = False

    def __bool__(self) -> bool:
        said = (self.tubes, self.spans, self.covered, self.covered_tubes, self.reopened)
        return any(said)


# Called with what a commit settled, if anything.
decided_handlers: list[Callable[[Settled], None]] = []
# Called with the video's id after every commit by hand; what they return, {"kind", "caught",
# "message"} each, is told to the person.
notice_handlers: list[Callable[[str], list[dict[str, Any]]]] = []
# Called with (project_id, ids of tubes) when a revision was taken back.
undone_handlers: list[Callable[[int, list[str]], None]] = []


def hand_commit(
    video: Video,
    author_id: int | None,
    *,
    operations: list[dict[str, Any]],
    gestures: int = 1,
    accept_all: bool = False,
    **more: Any,
) -> revisions.Committed:
    """Commit what a person did, unless it accepts unsure tubes by the dozen.

    Args:
        gestures, accept_all: see `accepting.accept_check`. more: as `revisions.commit`.

    Raises:
        InvalidOperation, Conflict: as `revisions.commit`.
        InvalidInput: with the code accept_all_refused; nothing is changed.
    """
    with transaction.atomic():
        done = revisions.commit(
            video_id=video.pk, origin=Origin.HAND, author_id=author_id,
            blind=video.is_blind, operations=operations, **more,
        )  # fmt: skip
        if not done.repeated:
            accept_check(
                video.project_id, video.pk, done.changes, operations,
                gestures=gestures, accept_all=accept_all,
            )  # fmt: skip
    return done


def tell(
    project_id: int,
    video_id: str,
    author_id: int | None,
    revision: int,
    changes: list[Change],
    *,
    at_once: bool = False,
) -> None:
    """Tell the handlers what a commit settled."""
    settled = Settled(
        project_id, video_id, author_id, revision,
        tubes=_settled(changes, Tube), spans=_settled(changes, Span),
        covered=tuple(
            (change.after.start_frame, change.after.end_frame)
            for change in changes
            if isinstance(change.after, Coverage) and change.after.tube_id is None
        ),
        covered_tubes=tuple(
            change.after.tube_id
            for change in changes
            if isinstance(change.after, Coverage) and change.after.tube_id is not None
        ),
        reopened=tuple(change.id for change in changes if _is_reopened(change)),
        at_once=at_once,
    )  # fmt: skip
    if settled:
        _call(decided_handlers, project_id, settled)


def notices(project_id: int, video_id: str) -> list[dict[str, Any]]:
    """What the person should hear after a commit on this video."""
    told: list[dict[str, Any]] = []
    for handler in notice_handlers:
        try:
            told += handler(video_id)
        except Exception:
            # The commit is stored; what was left undone is done after the next one.
            log.exception("telling of a commit in project %s failed", project_id)
    return told


def _settled(changes: list[Change], kind: type[Tube] | type[Span]) -> dict[str, str | None]:
    """The states of tubes or spans that a commit changed and that are no open proposals."""
    found: dict[str, str | None] = {}
    for change in changes:
        if not isinstance(change.after or change.before, kind):
            continue
        state = change.after.state if isinstance(change.after, Tube | Span) else None
        if state != State.PROPOSED:
            found[change.id] = state and str(state)
    return found


def _is_reopened(change: Change) -> bool:
    """A decision was taken back: what a model said stands undecided again."""
    after, before = change.after, change.before
    if not isinstance(after, Tube | Span) or after.state != State.PROPOSED:
        return False
    return before is None or getattr(before, "state", None) != State.PROPOSED


def revision_undo(*, project_id: int, number: int, author_id: int | None) -> int:
    """Take a revision back, on all its videos; return the number of the one that does.

    Raises:
        NotFound, Conflict: as `revisions.revision_undo`.
    """
    done = revisions.revision_undo(project_id=project_id, number=number, author_id=author_id)
    _call(undone_handlers, project_id, project_id, done.tube_ids)
    return done.revision


def _call(handlers: list[Callable[..., None]], project_id: int, *told: Any) -> None:
    for handler in handlers:
        try:
            handler(*told)
        except Exception:
            # The commit is stored; a queue that lags behind is mended at its next rebuild.
            log.exception("what follows a decision in project %s failed", project_id)
