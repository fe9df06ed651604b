"""Figures as strict JSON values and as a table for people."""

import math
from typing import Any

# A longer list is a curve: it goes into the JSON, not onto the screen.
LONGEST_ROW = 12


def strict(value: Any) -> Any:
    """The value with NaN and infinity as None and NumPy's types as Python's."""
    if isinstance(value, dict):
        return {str(key): strict(each) for key, each in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [strict(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def table(figures: dict[str, Any]) -> str:
    """Single figures first, then per class, then the notes."""
    single = {name: value for name, value in figures.items() if not isinstance(value, dict)}
    notes = single.pop("notes", [])
    lines = _rows(single)
    for name, values in figures.items():
        if isinstance(values, dict) and values:
            lines += ["", name, *("  " + row for row in _rows(values))]
    if notes:
        lines += ["", *(f"Note: {note}" for note in notes)]
    return "\n".join(lines)


def _rows(values: dict[str, Any]) -> list[str]:
    width = max(map(len, values), default=0)
    return [f"{name:<{width}}  {_text(value)}" for name, value in values.items()]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, dict):
        return "  ".join(f"{name} {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        if len(value) > LONGEST_ROW:
            return f"({len(value)} values, see --json)"
        return " ".join(map(_text, value))
    return "undefined" if value is None else str(value)
