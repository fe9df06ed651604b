"""The .mat form of UCF101-24: `annot`, structs of num_imgs, name, tubes{sf, ef, class, boxes}.

Frames and classes count from 1 and ef is the last frame; here they become what pyannot has.
"""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

from labeling.domain.errors import InvalidInput
from labeling.formats import mat5

_VARIABLES = ("annot", "videos")
_HEADER, _HEADER_BYTES = b"MATLAB 5.0 MAT-file, UCF101-24", 116
_FIELDS = ("num_imgs", "name", "tubes")


def load(path: Path, name: str) -> dict[str, dict[str, Any]]:
    """Videos by name, as pyannot has them; a value that is missing is missing there too.

    Raises:
        InvalidInput: it cannot be read, or has no such struct.
    """
    content = mat5.load(path, name)
    entries = next((content[key] for key in _VARIABLES if key in content), None)
    if not _are_structs(entries) or not all(set(_FIELDS) <= entry.keys() for entry in entries):
        raise InvalidInput(
            f"{name} holds no annotations of UCF101-24: no struct 'annot' with "
            f"{', '.join(_FIELDS)}, but {', '.join(content) or 'nothing'}."
        )
    return {str(entry["name"]): _entry(entry) for entry in entries}


def _are_structs(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _number(value: Any, shift: int = 0) -> Any:
    """A number, less `shift`; None for anything else, to be told with its place later."""
    is_one = isinstance(value, np.ndarray) and value.size == 1
    return value.item() - shift if is_one else None


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    tubes = entry["tubes"] if isinstance(entry["tubes"], list) else []
    found = {"numf": _number(entry["num_imgs"]), "annotations": [_tube(tube) for tube in tubes]}
    if isinstance(entry.get("size"), np.ndarray) and entry["size"].size:
        found["size"] = entry["size"].ravel().tolist()
    return found


def _tube(tube: Any) -> Any:
    if not isinstance(tube, dict) or not {"sf", "ef", "class", "boxes"} <= tube.keys():
        return None
    return {
        "label": _number(tube["class"], 1),
        "sf": _number(tube["sf"], 1),
        "ef": _number(tube["ef"]),
        "boxes": tube["boxes"],
    }


def save(path: Path, videos: dict[str, dict[str, Any]]) -> None:
    """Write videos as pyannot has them."""
    kinds = [(name, object) for name in _FIELDS]
    has_sizes = any("size" in entry for entry in videos.values())
    annot = np.empty((1, len(videos)), [*kinds, ("size", object)] if has_sizes else kinds)
    for place, (name, entry) in enumerate(videos.items()):
        row = (float(entry["numf"]), name, _tubes(entry["annotations"]))
        size = np.array([entry.get("size", [320, 240])], dtype=float)
        annot[0, place] = (*row, size) if has_sizes else row
    savemat(path, {"annot": annot}, do_compression=True)
    # The time of writing stays out of it: the same content is the same file.
    with path.open("r+b") as file:
        file.write(_HEADER.ljust(_HEADER_BYTES))


def _tubes(tubes: list[dict[str, Any]]) -> np.ndarray:
    kinds = [(name, object) for name in ("ef", "sf", "class", "boxes")]
    found = np.empty((1, len(tubes)), kinds)
    for place, tube in enumerate(tubes):
        boxes = np.array(tube["boxes"], dtype=float)
        numbers = float(tube["ef"]), float(tube["sf"] + 1), float(tube["label"] + 1)
        found[0, place] = (*numbers, boxes)
    return found
