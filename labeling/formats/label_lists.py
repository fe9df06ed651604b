"""Files that lie beside annotations and hold none themselves: lists of labels, and of durations."""

import re
from enum import StrEnum
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.formats.ava_labels import read_label_list

# More is no list that a person gave by mistake.
_LARGEST_BYTES = 1_000_000
_FEWEST = 3
_NUMBERED = re.compile(r"(\d{1,6})[ \t]+([^\W\d].{0,99})")
# No sentence ends so, and no label measures anything.
_NAME = re.compile(r"\"?[^\W\d_](?!.*\d\.\d).{0,98}[\w)'\"]")
_VIDEO = re.compile(r"\S+\.(avi|mp4|mkv|mov|webm)", re.IGNORECASE)
_SECONDS = re.compile(r"\d+(\.\d+)?")


class Listed(StrEnum):
    """What a list holds."""

    LABELS = "labels"
    DURATIONS = "durations"


def listed_in(path: Path) -> Listed | None:
    """What a file lists that is no annotations; None if it is no such list.

    Labels are any list of `ava_labels`, `7 Ballet` a line, or names alone; durations are names of
    video files, each with its seconds behind it or on the next line.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if _are_durations(lines):
        return Listed.DURATIONS
    return Listed.LABELS if _are_labels(lines) or _is_label_map(text, path.name) else None


def _are_durations(lines: list[str]) -> bool:
    words = [word for line in lines for word in line.split()]
    pairs = list(zip(words[::2], words[1::2], strict=False))
    return bool(pairs) and len(words) % 2 == 0 and all(
        _VIDEO.fullmatch(name) and _SECONDS.fullmatch(seconds) for name, seconds in pairs
    )  # fmt: skip


def _are_labels(lines: list[str]) -> bool:
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    names = [found[2] if found else "" for found in numbered] if all(numbered) else lines
    if len(names) < _FEWEST or len(set(lines)) < len(lines):
        return False
    return all(_NAME.fullmatch(name) and not _VIDEO.fullmatch(name) for name in names)


def _is_label_map(text: str, name: str) -> bool:
    try:
        return bool(read_label_list(text, name))
    except InvalidInput:
        return False
