"""Where a tube or span stands between a model's proposal and a person's word."""

from enum import StrEnum

from labeling.domain.errors import InvalidOperation


class State(StrEnum):
    PROPOSED = "proposed"  # a run says so, nobody has looked
    ACCEPTED = "accepted"  # a person agreed, unchanged
    CORRECTED = "corrected"  # a person changed it
    REJECTED = "rejected"  # a person said no
    MANUAL = "manual"  # a person made it


CONFIRMED = frozenset({State.ACCEPTED, State.CORRECTED, State.MANUAL})


def after_edit(state: State) -> State:
    """A person changed the content: a proposal becomes corrected, own work stays manual."""
    return State.MANUAL if state is State.MANUAL else State.CORRECTED


def after_decision(state: State, decision: str, *, from_run: bool) -> State:
    """State after a person accepted, rejected or took back a decision.

    Raises:
        InvalidOperation: the decision is unknown or does not fit what it is made on.
    """
    if decision == State.ACCEPTED:
        return State.ACCEPTED if state in (State.PROPOSED, State.REJECTED) else state
    if decision == State.REJECTED:
        if state is State.MANUAL:
            raise InvalidOperation("What a person drew is removed, not rejected.")
        return State.REJECTED
    if decision == State.PROPOSED:
        if not from_run:
            raise InvalidOperation("Only what a model proposed can go back to proposed.")
        return State.PROPOSED
    raise InvalidOperation(f"A decision is 'accepted', 'rejected' or 'proposed', got {decision!r}.")
