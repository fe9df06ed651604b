"""What people see of a video. Where it is annotated blind, proposals are not there for them."""

from typing import Any

from django.db.models import QuerySet

from labeling import revisions
from labeling.correct import blind
from labeling.domain.annotations import Annotations, Change
from labeling.domain.blind import visible
from labeling.models import Revision, Video
from labeling.models.revision import Origin

_TABLE = {"tube": "tubes", "span": "spans", "coverage": "coverage"}


def annotations(video: Video) -> Annotations:
    found = revisions.annotations(video.id)
    return visible(found) if video.is_blind else found


def changed_since(video: Video, revision: int) -> dict[str, Any]:
    if video.is_blind:
        return blind.changed_since(video, revision)
    newest, kept, removed = revisions.changes_since(video.id, revision)
    return {**kept.as_dict(), "revision": newest, "removed": removed}


def committed(video: Video, done: revisions.Committed) -> dict[str, Any]:
    """What a commit answers: the changed objects as they are now."""
    if video.is_blind:
        return blind.answer(video, done)
    return _answer(done.revision, done.changes)


def _answer(revision: int, changes: list[Change]) -> dict[str, Any]:
    answer: dict[str, Any] = {"revision": revision, "tubes": [], "spans": [], "coverage": []}
    answer["removed"] = {"tubes": [], "spans": [], "coverage": []}
    for change in changes:
        if change.after is None:
            answer["removed"][_TABLE[change.kind]].append(change.id)
        else:
            answer[_TABLE[change.kind]].append(change.after.as_dict())
    return answer


def history(video: Video, limit: int = 200) -> QuerySet[Revision]:
    """The newest revisions; where the video is annotated blind, without those of runs.

    Never those that plant a wrong proposal or take it away: who reads would know.
    """
    rows = video.revisions.select_related("author").defer("changes")
    rows = rows.exclude(origin=Origin.CHECK)
    if video.is_blind:
        rows = rows.exclude(origin=Origin.RUN)
    return rows.order_by("-number")[:limit]
