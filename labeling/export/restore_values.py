"""Single values of a backup, checked."""

import base64
import hashlib
import re
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.dateparse import parse_datetime

from labeling.domain.timebase import Timebase

_SOURCE = re.compile(r"source\.[a-z0-9]{1,8}")


def timebase_of(line: dict[str, Any]) -> Timebase:
    """The recorded times of a video; never more than a video may have frames."""
    numbers = (*line["time_base"], line["end_tick"])
    if len(numbers) != 3 or any(type(number) is not int for number in numbers):
        raise ValueError("'time_base' or 'end_tick' is not whole")
    unpack = zlib.decompressobj()
    try:
        packed = base64.b64decode(line["ticks"], validate=True)
        deltas = unpack.decompress(packed, settings.VIDEO_MAX_FRAMES * 8)
    except zlib.error as error:
        raise ValueError(f"'ticks' cannot be unpacked: {error}") from error
    if not unpack.eof:
        raise ValueError(f"it has more than {settings.VIDEO_MAX_FRAMES:,} frames, or is cut off")
    ticks = np.cumsum(np.frombuffer(deltas, dtype="<i8"))
    return Timebase((numbers[0], numbers[1]), ticks, numbers[2])


def media_checked(path: Path, sha256: str) -> Path:
    if not _SOURCE.fullmatch(path.name):
        raise ValueError(f"'{path.name}' is no name of a video's file")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise ValueError("its file in the archive is another one: the SHA-256 differs")
    return path


def moment_of(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"'{text}' is no time with a zone")
    return moment
