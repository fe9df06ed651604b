"""How people are told that a proposal was planted: kindly, whether they noticed or not."""

from labeling.checks.verdict import CAUGHT, Verdict

_WRONG = {
    "tube": "nobody is there",
    "span": "this action does not happen there",
}
_MERGED = (
    "That one was planted to check attention: nobody is there, and its boxes are part of another "
    "tube now. Undo the merge (Ctrl+Z) to have your tube as it was."
)
_AGAIN = (
    "What you put back was planted to check attention, so it has been taken away again. Nothing "
    "of your own is lost."
)


def said(kind: str, found: Verdict | None) -> str:
    """What the person reads; None: it had been decided before and was put back."""
    if found is None:
        return _AGAIN
    if found.how == "merged":
        return _MERGED
    wrong = _WRONG[kind]
    if found.answer == CAUGHT:
        return (
            f"Well seen! That one was planted to check attention: {wrong}. It has been taken away."
        )
    return (
        f"That one was planted to check attention: {wrong}. It happens to everybody; it has been "
        "taken away and trains nothing."
    )
