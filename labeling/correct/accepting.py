"""Many proposals accepted at once, as they are: only those whose calibrated score allows it.

One gesture accepts one tube, by somebody who looked at it. The page says how many gestures went
into a commit, so that single acts that were saved up while offline pass, however many they are.
What accepts more tubes than there were gestures, or says of itself that it accepts all, is held to
the guard. A program that invents gestures is not stopped: it could as well send them one by one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from labeling.domain.annotations import Change
from labeling.domain.errors import InvalidInput
from labeling.domain.state import State
from labeling.domain.tube import Tube

# A commit that does not say how many gestures it took may accept so many tubes.
FEW = 3

# Filled by annotator/pipeline.py: (project_id, video_id, tubes) -> why each of these may not be
# accepted without being looked at, by tube id, and what to do. Empty: all may.
accept_guard: Callable[[int, Any, Sequence[Tube]], dict[str, str]] | None = None


def accept_check(
    project_id: int,
    video_id: Any,
    changes: Sequence[Change],
    operations: Sequence[dict[str, Any]],
    *,
    gestures: int,
    accept_all: bool,
) -> None:
    """Refuse a commit that accepts unsure tubes without a person's act on each.

    Args:
        gestures: what the sender did by hand, one by one. accept_all: it says so itself.

    Raises:
        InvalidInput: with the code accept_all_refused; `detail` has the tubes and why.
    """
    if accept_all and any(not _is_acceptance(operation) for operation in operations):
        raise _refused("A commit that accepts all holds nothing but acceptances of tubes.", {})
    tubes = accepted_as_they_are(changes)
    if not tubes or not (accept_all or len(tubes) > max(FEW, gestures)):
        return
    if accept_guard is None:
        raise _refused("Nothing here knows how sure the proposals are.", {})
    unsure = accept_guard(project_id, video_id, tubes)
    if unsure:
        raise _refused(_why(tubes, unsure), unsure)


def accepted_as_they_are(changes: Sequence[Change]) -> list[Tube]:
    """The proposed tubes that these changes accept without changing anything else of them."""
    found = []
    for change in changes:
        before, after = change.before, change.after
        if isinstance(before, Tube) and isinstance(after, Tube):
            decided = (before.state, after.state) == (State.PROPOSED, State.ACCEPTED)
            if decided and before.keyframes == after.keyframes:
                found.append(before)
    return found


def _is_acceptance(operation: dict[str, Any]) -> bool:
    return operation.get("op") == "tube_decide" and operation.get("decision") == State.ACCEPTED


def _why(tubes: Sequence[Tube], unsure: dict[str, str]) -> str:
    first = next(tube for tube in tubes if tube.id in unsure)
    more = f", and {len(unsure) - 1} more are not sure enough" if len(unsure) > 1 else ""
    return f"Tube {first.number}: {unsure[first.id]}{more}."


def _refused(why: str, unsure: dict[str, str]) -> InvalidInput:
    return InvalidInput(
        f"These tubes cannot be accepted all at once. {why} Look at each and accept it by itself.",
        code="accept_all_refused",
        detail={"tubes": [{"id": tube_id, "why": why} for tube_id, why in unsure.items()]},
    )
