"""What a file is, from its first bytes, before a decoder touches it."""

import struct
from collections.abc import Iterator
from pathlib import Path

from labeling.domain.errors import InvalidInput

# libav follows what playlists and scripts name, whatever the file is called.
_REFERRING = (
    (b"#extm3u", "an HLS playlist"),
    (b"ffconcat", "a concat script"),
    (b"[playlist]", "a playlist"),
    (b"<?xml", "an XML file"),
    (b"<mpd", "a DASH manifest"),
    (b"<smil", "a SMIL playlist"),
    (b"<asx", "a playlist"),
    (b"v=0", "an SDP session description"),
    (b"rtsptext", "a reference to a stream"),
    (b"[reference]", "a reference to other files"),
    (b"file '", "a concat script"),
)
_HEAD_BYTES = 4096


def check_content(path: Path, name: str) -> None:
    """Refuse what is empty, refers to other files, or is an MP4 that was cut off.

    Args:
        path: the file on disk.
        name: what its owner calls it, for the message.

    Raises:
        InvalidInput: with the reason and what to do.
    """
    size = path.stat().st_size
    if size == 0:
        raise InvalidInput(
            f"{name} is empty (0 bytes). Copy the file again in full.", code="empty_file"
        )
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, what in _REFERRING:
        if text.startswith(start):
            raise InvalidInput(
                f"{name} is {what}, not a video: it names other files. Give those files.",
                code="playlist",
            )
    if head[4:8] == b"ftyp":
        _check_boxes(path, size, name)


def _check_boxes(path: Path, size: int, name: str) -> None:
    """Refuse an MP4 that ends inside one of its top-level boxes, or has no index."""
    kinds = set()
    for kind, end in _boxes(path, size):
        kinds.add(kind)
        if end > size:
            raise InvalidInput(
                f"{name} is cut off: {end - size:,} of its {end:,} bytes are missing. Copy the "
                "file again in full.",
                code="truncated",
            )
    if b"moov" not in kinds:
        raise InvalidInput(
            f"{name} is cut off: its index (the moov box) is missing, so no picture can be found "
            "in it. Copy the file again in full, or let the recorder finish it.",
            code="truncated",
        )


def _boxes(path: Path, size: int) -> Iterator[tuple[bytes, int]]:
    """Kind and end offset of the top-level boxes of an MP4, up to the first that is nonsense."""
    with path.open("rb") as file:
        offset = 0
        while offset + 8 <= size:
            file.seek(offset)
            header = file.read(16)
            length, kind = struct.unpack(">I4s", header[:8])
            if length == 1 and len(header) == 16:
                length = struct.unpack(">Q", header[8:])[0]
            elif length == 0:
                length = size - offset
            if length < 8:
                return
            offset += length
            yield kind, offset
