"""Fetching from a server of our own: progress, a wrong file, a failure said once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mlbackend.zoo import fetch as fetching
from mlbackend.zoo.fetch import FetchFailed, fetch
from mlbackend.zoo.manifest import WEIGHTS

NAME = "fasterrcnn_mobilenet_v3_large_320_fpn"
CONTENT = bytes(range(256)) * 12_000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    served = tmp_path / "served"
    served.mkdir()
    (served / "net.pth").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _known(monkeypatch: pytest.MonkeyPatch, url: str, sha256: str) -> None:
    entry = replace(WEIGHTS[NAME], url=url, sha256=sha256)
    monkeypatch.setitem(fetching.WEIGHTS, NAME, entry)


def test_the_file_arrives_whole_with_progress(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(monkeypatch, f"{address}/net.pth", hashlib.sha256(CONTENT).hexdigest()[:8])
    told: list[tuple[float, str]] = []
    path = fetch(NAME, tmp_path / "home", lambda share, text: told.append((share, text)))
    assert path.read_bytes() == CONTENT
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1][0] == 1.0 and "MB" in told[-1][1]
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_wrong_file_is_not_kept(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(monkeypatch, f"{address}/net.pth", "0" * 8)
    with pytest.raises(FetchFailed, match="hash differs"):
        fetch(NAME, tmp_path, lambda share, text: None)
    assert not list(tmp_path.glob("*.pth*"))


def test_a_failure_is_new_once_and_forgotten_after_a_day(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(monkeypatch, f"{address}/gone.pth", "0" * 8)
    silent = lambda share, text: None  # noqa: E731
    with pytest.raises(FetchFailed, match="Put .*pth into") as first:
        fetch(NAME, tmp_path, silent, now_s=1000.0)
    with pytest.raises(FetchFailed) as second:
        fetch(NAME, tmp_path, silent, now_s=2000.0)
    assert first.value.first_time and not second.value.first_time
    assert str(second.value) == str(first.value)
    _known(monkeypatch, f"{address}/net.pth", hashlib.sha256(CONTENT).hexdigest())
    assert fetch(NAME, tmp_path, silent, now_s=1000.0 + 25 * 3600).exists()
    with pytest.raises(StopIteration):
        next(tmp_path.glob("*.json"))


def test_cancelling_leaves_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _known(monkeypatch, f"{address}/net.pth", hashlib.sha256(CONTENT).hexdigest())

    def stop(share: float, text: str) -> None:
        raise KeyError("stop")

    with pytest.raises(KeyError):
        fetch(NAME, tmp_path, stop)
    assert not list(tmp_path.glob("*.pth*")) and not list(tmp_path.glob("*.json"))
