"""Plain text tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

_WIDEST = 52


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out columns side by side; only the last is left as long as it is."""
    cells = [[*map(str, heads)], *([*map(str, row)] for row in rows)]
    last = len(heads) - 1
    short = [[_cut(cell) if at < last else cell for at, cell in enumerate(row)] for row in cells]
    widths = [max(len(row[at]) for row in short) for at in range(last)]
    return "\n".join(
        "  ".join([*(row[at].ljust(widths[at]) for at in range(last)), row[last]]).rstrip()
        for row in short
    )


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
