"""Plain numbers in a block of text, read digit by digit over all cells at once."""

import numpy as np
from numpy.typing import NDArray

# 15 digits fit into a float64 exactly, and a power of ten up to 10**22 is exact: so one division
# rounds once, as `float` does.
DIGITS = 15


def plain_numbers(
    text: NDArray[np.uint8],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    fractions: bool,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Cells made of digits and at most one point, such as ``902`` and ``0.125``.

    Cells of one length are read together, if their points stand in one place; what is written
    otherwise is left to a slower reader.

    Args:
        text: (B,) uint8, the file.
        starts, lengths: (N,) int64, where each cell stands.
        fractions: read cells with a point too.

    Returns:
        (N,) float64 values and (N,) bool, which of them were read.
    """
    values, read = np.zeros(len(starts)), np.zeros(len(starts), dtype=bool)
    for length in np.flatnonzero(np.bincount(lengths, minlength=1)[: DIGITS + 2]).tolist():
        cells = np.flatnonzero(lengths == length)
        found = _of_length(text, starts[cells], length, fractions)
        if found is not None:
            values[cells], read[cells] = found, True
    return values, read


def _of_length(
    text: NDArray[np.uint8], starts: NDArray[np.int64], length: int, fractions: bool
) -> NDArray[np.float64] | None:
    whole = np.zeros(len(starts), dtype=np.int64)
    point = None
    for place in range(length):
        byte = text[starts + place]
        if fractions and point is None and (byte == ord(".")).all():
            point = place
            continue
        digit = byte - np.uint8(ord("0"))
        if (digit > 9).any():
            return None
        whole *= 10
        whole += digit
    digits = length - (point is not None)
    if not 0 < digits <= DIGITS:
        return None
    return whole / 10.0 ** (0 if point is None else length - 1 - point)
