"""Downloads one file by torch's own loader; run as a program, so that it can be stopped.

    python -m mlbackend.zoo.download URL TARGET DIGITS

It prints `total N` (bytes, 0 where the server does not say), then nothing more, or `error WHY`.
DIGITS are the first of the file's sha256; empty: whoever called compares the file.
"""

from __future__ import annotations

import socket
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 6.0
_GONE = (404, 410)


def total_bytes(url: str) -> int:
    """Ask the server how large the file is.

    Raises:
        OSError: there is no way to the server, or it has no such file.
    """
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as reply:
            return int(reply.headers.get("Content-Length") or 0)
    except urllib.error.HTTPError as error:
        if error.code in _GONE:
            raise
        return 0  # it may still give the file


def main(url: str, target: str, digits: str) -> int:
    """Return the exit status: 1 where the file could not be had."""
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        print("total", total_bytes(url), flush=True)
        from torch.hub import download_url_to_file  # slow to import, so after the way is known

        download_url_to_file(url, target, hash_prefix=digits or None, progress=False)
    except RuntimeError:
        return _failed("the file that came is not the published one (its hash differs)")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return _failed(str(getattr(reason, "strerror", None) or reason))
    return 0


def _failed(why: str) -> int:
    print("error", why, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
