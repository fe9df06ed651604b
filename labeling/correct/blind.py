"""What changed on a video that is annotated blind, as those see it who see no proposals.

Who takes a decision back makes a proposal of a tube again: for them it goes, with all on it. Who
decides again has it all back.
"""

from typing import Any

from labeling import revisions
from labeling.domain.annotations import Annotations
from labeling.domain.blind import visible
from labeling.domain.state import State
from labeling.models import Revision, Video

_TABLES = {"tube": "tubes", "span": "spans", "coverage": "coverage"}


def changed_since(video: Video, revision: int) -> dict[str, Any]:
    """The objects that differ from an earlier revision, and the ids that are gone by table."""
    now = revisions.annotations(video.id)
    log = Revision.objects.filter(
        video=video, number__gt=revision, number__lte=now.revision
    ).order_by("number")
    touched: dict[tuple[str, str], bool] = {}
    for changes in log.values_list("changes", flat=True):
        for change in changes:
            key = change["kind"], change["id"]
            touched[key] = touched.get(key, False) or _was_seen(change["before"])
    return _told(now, touched, now.revision)


def answer(video: Video, done: revisions.Committed) -> dict[str, Any]:
    """What a commit answers: the objects it changed, as they are now."""
    # Of a commit that is repeated nobody knows any more what it found.
    touched = {
        (change.kind, change.id): done.repeated
        or _was_seen(change.before and change.before.as_dict())
        for change in done.changes
    }
    return _told(revisions.annotations(video.id), touched, done.revision)


def _was_seen(before: dict[str, Any] | None) -> bool:
    return before is not None and before.get("state") != State.PROPOSED


def _told(now: Annotations, touched: dict[tuple[str, str], bool], revision: int) -> dict[str, Any]:
    """Args: touched: by kind and id, whether people had seen it before."""
    ids = dict(touched)
    for kind, items in (("span", now.spans), ("coverage", now.coverage)):
        for item in items.values():
            if ("tube", item.tube_id) in touched:
                ids.setdefault((kind, item.id), touched["tube", str(item.tube_id)])
    seen = visible(now)
    told: dict[str, Any] = {table: [] for table in _TABLES.values()}
    told |= {"revision": revision, "removed": {table: [] for table in _TABLES.values()}}
    for (kind, item_id), was_seen in sorted(ids.items()):
        item = seen.get(kind, item_id)  # type: ignore[arg-type]
        if item is not None:
            told[_TABLES[kind]].append(item.as_dict())
        elif was_seen:
            told["removed"][_TABLES[kind]].append(item_id)
    return told
