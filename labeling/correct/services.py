"""What a person's commit sets off is registered here by annotator/pipeline.py."""

import logging
from collections.abc import Callable

from labeling import revisions
from labeling.domain.annotations import Change
from labeling.domain.state import State

log = logging.getLogger(__name__)

# Called with (project_id, ids of tubes that are no longer open proposals).
decided_handlers: list[Callable[[int, list[str]], None]] = []
# Called with (project_id, ids of tubes) when a revision was taken back.
undone_handlers: list[Callable[[int, list[str]], None]] = []


def tell(project_id: int, changes: list[Change]) -> None:
    """Tell the handlers which proposed tubes a commit settled, whether kept, changed or gone."""
    settled = [
        change.id
        for change in changes
        if change.kind == "tube" and (change.after is None or change.after.state != State.PROPOSED)
    ]
    if settled:
        _call(decided_handlers, project_id, settled)


def revision_undo(*, project_id: int, number: int, author_id: int | None) -> int:
    """Take a revision back, on all its videos; return the number of the one that does.

    Raises:
        NotFound, Conflict: as `revisions.revision_undo`.
    """
    done = revisions.revision_undo(project_id=project_id, number=number, author_id=author_id)
    _call(undone_handlers, project_id, done.tube_ids)
    return done.revision


def _call(
    handlers: list[Callable[[int, list[str]], None]], project_id: int, tube_ids: list[str]
) -> None:
    for handler in handlers:
        try:
            handler(project_id, tube_ids)
        except Exception:
            # The commit is stored; a queue that lags behind is mended at its next rebuild.
            log.exception("what follows a decision in project %s failed", project_id)
