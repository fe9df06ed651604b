"""The .mat form of UCF101-24: `annot`, structs of num_imgs, name, tubes{sf, ef, class, boxes}.

Frames and classes count from 1 and ef is the last frame; here they become what pyannot has.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat, savemat

from labeling.domain.errors import InvalidInput

_VARIABLES = ("annot", "videos")
_FIELDS = ("num_imgs", "name", "tubes")
_COMPRESSED = 15
_LARGEST_UNPACKED = 1 << 30


def is_mat(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(10) == b"MATLAB 5.0"


def load(path: Path, name: str) -> dict[str, dict[str, Any]]:
    """Videos by name, as pyannot has them; a value that is missing is missing there too.

    Raises:
        InvalidInput: it cannot be read, grows too large, or has no such struct.
    """
    _check_size(path, name)
    try:
        content = loadmat(path)
    except Exception as error:  # scipy lets whatever a damaged file causes pass
        raise InvalidInput(f"{name} cannot be read as a .mat file: {error}.") from error
    variable = next((content[key] for key in _VARIABLES if key in content), None)
    if variable is None or not set(_FIELDS) <= set(variable.dtype.names or ()):
        kept = ", ".join(key for key in content if not key.startswith("__")) or "nothing"
        raise InvalidInput(
            f"{name} holds no annotations of UCF101-24: no struct 'annot' with "
            f"{', '.join(_FIELDS)}, but {kept}."
        )
    return {_text(entry["name"]): _entry(entry) for entry in variable.ravel()}


def _check_size(path: Path, name: str) -> None:
    """Refuse what would unpack to more than memory should hold."""
    left = _LARGEST_UNPACKED
    with path.open("rb") as file:
        file.seek(128)
        while len(tag := file.read(8)) == 8:
            kind, size = struct.unpack("<II", tag)
            block = file.read(size)
            if kind == _COMPRESSED:
                left -= sum(_unpacked(block, left, name))
            if left < 0:
                raise InvalidInput(f"{name} unpacks to more than {_LARGEST_UNPACKED >> 20} MB.")


def _unpacked(block: bytes, limit: int, name: str) -> Iterator[int]:
    stream, data, total = zlib.decompressobj(), block, 0
    try:
        while data and total <= limit:
            total += (made := len(stream.decompress(data, 1 << 20)))
            yield made
            data = stream.unconsumed_tail
    except zlib.error as error:
        raise InvalidInput(f"{name} is damaged or cut off ({error}).") from error


def _text(value: Any) -> str:
    flat = np.asarray(value).ravel()
    return str(flat[0]) if flat.size else ""


def _number(value: Any, shift: int = 0) -> Any:
    """A number, less `shift`; anything else as it is, to be told later."""
    flat = np.asarray(value).ravel()
    return flat[0].item() - shift if flat.size == 1 and flat.dtype.kind in "uif" else None


def _entry(entry: Any) -> dict[str, Any]:
    tubes = [_tube(tube) for tube in np.asarray(entry["tubes"]).ravel()]
    found = {"numf": _number(entry["num_imgs"]), "annotations": tubes}
    if "size" in (entry.dtype.names or ()) and np.asarray(entry["size"]).size:
        found["size"] = np.asarray(entry["size"]).ravel().tolist()
    return found


def _tube(tube: Any) -> Any:
    if not {"sf", "ef", "class", "boxes"} <= set(getattr(tube.dtype, "names", None) or ()):
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


def _tubes(tubes: list[dict[str, Any]]) -> np.ndarray:
    kinds = [(name, object) for name in ("ef", "sf", "class", "boxes")]
    found = np.empty((1, len(tubes)), kinds)
    for place, tube in enumerate(tubes):
        boxes = np.array(tube["boxes"], dtype=float)
        numbers = float(tube["ef"]), float(tube["sf"] + 1), float(tube["label"] + 1)
        found[0, place] = (*numbers, boxes)
    return found
