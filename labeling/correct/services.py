"""What a person's commit sets off is registered here by annotator/pipeline.py."""

import logging
from collections.abc import Callable

from labeling.domain.annotations import Change
from labeling.domain.state import State

log = logging.getLogger(__name__)

# Called with (project_id, ids of tubes that are no longer open proposals).
decided_handlers: list[Callable[[int, list[str]], None]] = []


def tell(project_id: int, changes: list[Change]) -> None:
    """Tell the handlers which proposed tubes a commit settled, whether kept, changed or gone."""
    settled = [
        change.id
        for change in changes
        if change.kind == "tube" and (change.after is None or change.after.state != State.PROPOSED)
    ]
    for handler in decided_handlers if settled else ():
        try:
            handler(project_id, settled)
        except Exception:
            # The commit is stored; a queue that lags behind is mended at its next rebuild.
            log.exception("what follows a decision in project %s failed", project_id)
