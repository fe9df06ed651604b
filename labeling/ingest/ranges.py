"""Answers with a file or a part of it: HTTP Range, If-Range, ETag (RFC 9110 §13, §14)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK_BYTES = 1 << 18
_ONE_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*")
IMMUTABLE = "private, max-age=31536000, immutable"


class Unsatisfiable(Exception):
    """The range lies behind the end of the file."""


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte asked for; None where the whole file is to be sent.

    Several ranges, other units and nonsense are answered with the whole file, as the standard
    allows.

    Raises:
        Unsatisfiable: nothing of the range exists.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size - 1
    start, end = int(first), int(last) if last else size - 1
    if end < start and last:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(end, size - 1)


def file_response(
    request: HttpRequest, path: Path, content_type: str, etag: str
) -> HttpResponseBase:
    """Send a file whose content never changes under its address.

    Args:
        etag: strong tag without quotes, from the content's hash.
    """
    quoted = f'"{etag}"'
    if _names(request.headers.get("If-None-Match", ""), quoted):
        return _headers(HttpResponse(status=304), quoted)
    size = path.stat().st_size
    try:
        part = parse_range(request.headers.get("Range", ""), size)
    except Unsatisfiable:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused["Content-Range"] = f"bytes */{size}"
        return _headers(refused, quoted)
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != quoted:
        part = None
    start, end = part or (0, size - 1)
    status = 200 if part is None else 206
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=status, content_type=content_type)
    else:
        blocks = _blocks(path, start, end + 1 - start)
        response = StreamingHttpResponse(blocks, status=status, content_type=content_type)
    if part is not None:
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end + 1 - start)
    return _headers(response, quoted)


def picture_response(data: bytes, etag: str) -> HttpResponse:
    response = HttpResponse(data, content_type="image/jpeg")
    _headers(response, f'"{etag}"')
    return response


def _headers(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = IMMUTABLE
    # Media is compressed already, and a compressed answer would have other byte positions: this
    # keeps the compressing middleware away.
    response["Content-Encoding"] = "identity"
    return response


def _names(header: str, quoted: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return quoted in tags or "*" in tags


def _blocks(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0:
            block = file.read(min(BLOCK_BYTES, length))
            if not block:
                return
            length -= len(block)
            yield block
