"""Presentation times for frames whose own timestamps may be missing or out of order."""

from collections.abc import Sequence

import numpy as np


def presentation_ticks(pts: Sequence[int | None], nominal: int) -> tuple[np.ndarray, int]:
    """Strictly increasing ticks for frames given in presentation order.

    Frames come out of a decoder in the order they are shown, while AVI files with B-frames carry
    times in another order: the times are then handed out again, sorted. A missing time becomes
    the one before plus `nominal`; a time used twice moves on by one tick.

    Args:
        pts: timestamp of each frame, or None.
        nominal: ticks between two frames at the average rate, >= 1.

    Returns:
        (F,) int64 ticks, and how many frames got another time than their own.
    """
    filled: list[int] = []
    for own in pts:
        after = filled[-1] + nominal if filled else 0
        filled.append(after if own is None else own)
    ticks = np.sort(np.array(filled, dtype=np.int64))
    if ticks.size > 1 and (ticks[1:] <= ticks[:-1]).any():
        # Each tick is at least the largest earlier one plus the frames in between.
        ranks = np.arange(ticks.size)
        ticks = np.maximum.accumulate(ticks - ranks) + ranks
    repaired = sum(
        own is None or own != tick for own, tick in zip(pts, ticks.tolist(), strict=True)
    )
    return ticks, repaired
