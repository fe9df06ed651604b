"""Where the time goes is counted once, and every part gets its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlbackend.bench import propose
from mlbackend.data.demo import random_spec
from mlbackend.data.synthetic import write_clip


def test_what_is_timed_inside_another_is_not_counted_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([0.0, 1.0, 4.0, 10.0, 10.0, 12.0])
    monkeypatch.setattr(propose.time, "perf_counter", lambda: next(now))
    monkeypatch.setattr(propose.time, "process_time", lambda: 0.0)
    spent = propose.Watch()
    with spent("recognize"), spent("forward"):  # 0 to 10, of it 1 to 4
        pass
    with spent("detect"):
        pass
    assert spent.seconds == {"recognize": 7.0, "forward": 3.0, "detect": 2.0}


def test_shares_add_up(tmp_path: Path, settings: Any) -> None:
    settings.HOME_DIRS = {**settings.HOME_DIRS, "weights": tmp_path}
    path = tmp_path / "one.mp4"
    write_clip(path, random_spec("one", 3, people=1, duration_s=1.0))
    said: list[str] = []
    options = {
        "clip": path, "detector": "hog", "recognizer": "hog_hof", "weights": None, "folder": [],
        "seconds": None,
    }  # fmt: skip
    figures = propose.run(options, said.append)
    assert set(figures["processor_s"]) >= {"decode", "detect", "link", "recognize"}
    assert "forward" not in figures["processor_s"] and figures["rest"] == pytest.approx(1.0)
    assert len(said) == 2 + len(propose.TITLES) + 1
