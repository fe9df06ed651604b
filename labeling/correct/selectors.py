from typing import Any

from django.db.models import QuerySet

from labeling import revisions
from labeling.domain.annotations import Annotations, Change
from labeling.models import Revision, Video

_TABLE = {"tube": "tubes", "span": "spans", "coverage": "coverage"}


def annotations(video: Video) -> Annotations:
    return revisions.annotations(video.id)


def changed_since(video: Video, revision: int) -> dict[str, Any]:
    newest, kept, removed = revisions.changes_since(video.id, revision)
    return {**kept.as_dict(), "revision": newest, "removed": removed}


def committed(revision: int, changes: list[Change]) -> dict[str, Any]:
    """What a commit answers: the changed objects as they are now."""
    answer: dict[str, Any] = {"revision": revision, "tubes": [], "spans": [], "coverage": []}
    answer["removed"] = {"tubes": [], "spans": [], "coverage": []}
    for change in changes:
        if change.after is None:
            answer["removed"][_TABLE[change.kind]].append(change.id)
        else:
            answer[_TABLE[change.kind]].append(change.after.as_dict())
    return answer


def history(video: Video, limit: int = 200) -> QuerySet[Revision]:
    rows = video.revisions.select_related("author").defer("changes")
    return rows.order_by("-number")[:limit]
