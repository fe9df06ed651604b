"""Plain values of a file that may be a pickle or JSON."""

from pathlib import Path
from typing import Any

from labeling.formats import safe_pickle
from labeling.formats.sources import load_json, starts_like


def load_plain(path: Path, name: str) -> Any:
    """What a JSON or a pickle of plain containers and arrays holds.

    Raises:
        InvalidInput: it is neither, or a pickle that asks for more than that.
    """
    if starts_like(path, ()).lstrip().startswith(("{", "[")):
        return load_json(path, name)
    return safe_pickle.load(path, name=name)
