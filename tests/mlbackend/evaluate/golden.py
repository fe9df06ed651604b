"""Reading the golden cases, and what it means to agree with one."""

import json
import math

TOLERANCE = 1e-9


def load(shared_data, name):
    """The content of a golden file."""
    return json.loads((shared_data / "golden" / f"{name}.json").read_text())


def write_texts(folder, **texts):
    """Write each text to a file of its name; None stays None."""
    paths = {}
    for name, text in texts.items():
        paths[name] = None if text is None else folder / name
        if text is not None:
            paths[name].write_text(text)
    return paths


def apart(ours, expected):
    """Largest difference of `ours` from what is in `expected`; infinite where the shape differs."""
    if isinstance(expected, dict):
        return max((apart(ours[name], value) for name, value in expected.items()), default=0.0)
    if isinstance(expected, list):
        if len(ours) != len(expected):
            return math.inf
        return max((apart(a, b) for a, b in zip(ours, expected, strict=True)), default=0.0)
    undefined = ours is None or (isinstance(ours, float) and math.isnan(ours))
    if expected is None or undefined:
        return 0.0 if expected is None and undefined else math.inf
    return abs(ours - expected)


def within(ours, allowed):
    """Whether each number lies in the range that the same numbers of `allowed` span."""
    if isinstance(allowed[0], dict):
        return all(within(ours[name], [one[name] for one in allowed]) for name in allowed[0])
    if isinstance(allowed[0], list):
        return all(within(a, several) for a, *several in zip(ours, *allowed, strict=True))
    if any(one is None for one in allowed):
        return apart(ours, None) == 0.0
    return min(allowed) - TOLERANCE <= ours <= max(allowed) + TOLERANCE
