"""Carrying a box over HTTP, on a recorded video of two moving boxes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from labeling.domain.box import Box, iou
from mlbackend.propose import track_services, track_video
from tests.mlbackend.propose.conftest import FPS, MOVES, Yard, box_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_services, "_detector", lambda machine: None)


@pytest.fixture
def ask(yard: Yard, teammate: Any, as_user: Any, without_weights: None) -> Any:
    client = as_user(teammate)

    def send(**asked: Any) -> Any:
        return client.post(f"/api/videos/{yard.video.id}/track", asked, format="json")

    return send


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def shown_at(keyframes: list[dict[str, Any]], frame: int) -> Box:
    own = [keyframe["frame"] for keyframe in keyframes]
    sides = np.array([keyframe["box"] for keyframe in keyframes])
    return Box.of([np.interp(frame, own, side) for side in sides.T])


def test_a_box_is_carried_both_ways_with_few_keyframes(ask: Any) -> None:
    drawn = [float(side) for side in box_at(MOVES[0], 40)]
    *told, last = lines(ask(frame=40, box=drawn, until=3))
    assert all(0 <= line["progress"] <= 1 for line in told)
    found = last["result"]
    frames = [keyframe["frame"] for keyframe in found["keyframes"]]
    assert (frames[0], frames[-1]) == (10, 70)
    assert found["forward"] == {"frame": 70, "reason": "limit"}
    assert found["back"] == {"frame": 10, "reason": "limit"}
    assert {"frame": 40, "box": drawn} in found["keyframes"]
    assert len(frames) < 14
    overlaps = [
        iou(shown_at(found["keyframes"], frame), Box.of(box_at(MOVES[0], frame)))
        for frame in range(10, 71)
    ]
    assert min(overlaps) > 0.7 and np.mean(overlaps) > 0.85


def test_it_goes_one_way_and_not_beyond_a_given_frame(ask: Any) -> None:
    drawn = [float(side) for side in box_at(MOVES[0], 40)]
    result = lines(ask(frame=40, box=drawn, direction="back", first_frame=31))[-1]["result"]
    assert result["forward"] is None
    assert result["back"] == {"frame": 31, "reason": "limit"}
    to_end = lines(ask(frame=80, box=list(box_at(MOVES[1], 80)), direction="forward"))[-1]
    assert to_end["result"]["forward"]["reason"] == "end"


def test_back_in_short_stretches_is_the_same(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"frame": 40, "box": list(box_at(MOVES[0], 40)), "until": 3, "direction": "back"}
    whole = lines(ask(**asked))[-1]
    monkeypatch.setattr(track_video, "HELD_BYTES", 1)
    assert lines(ask(**asked))[-1] == whole


def test_it_stops_when_it_takes_too_long(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_services, "LIMIT_S", -1.0)
    result = lines(ask(frame=40, box=list(box_at(MOVES[0], 40))))[-1]["result"]
    assert result["forward"] == {"frame": 40, "reason": "time"}
    assert [keyframe["frame"] for keyframe in result["keyframes"]] == [40]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"frame": 90 * FPS}, "has frames 0 to 89"),
        ({"frame": -1}, "has frames 0 to 89"),
        ({"box": [500, 10, 600, 90]}, "outside the picture"),
        ({"box": [10, 10, 12, 90]}, "less than 6 pixels"),
        ({"box": [90, 10, 20, 90]}, "swap or move its corners"),
        ({"box": [10, 10, 90]}, "box"),
        ({"until": 900}, "until"),
        ({"direction": "up"}, "direction"),
    ],
)
def test_bad_requests_say_what_is_wrong(ask: Any, asked: dict[str, Any], word: str) -> None:
    answer = ask(**{"frame": 5, "box": [10, 10, 90, 90]} | asked)
    assert answer.status_code == 400
    assert word in answer.json()["message"]


def test_a_video_without_its_file_is_refused(ask: Any, yard: Yard) -> None:
    yard.video.source_path.unlink()
    answer = ask(frame=5, box=[10, 10, 90, 90])
    assert (answer.status_code, answer.json()["code"]) == (400, "no_file")


def test_a_file_that_became_shorter_is_told_at_the_end(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise track_services.InvalidInput("boxes.mp4 ended after frame 3.")
        yield

    monkeypatch.setattr(track_video, "read_frames", broken)
    (line,) = lines(ask(frame=5, box=[10, 10, 90, 90]))
    assert line["error"]["message"] == "boxes.mp4 ended after frame 3."


def test_weights_that_come_later_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    detect, machine = track_services.detect, track_services.detect.Host((), 1)
    here = ["not here"]
    monkeypatch.setattr(detect, "missing_weights", lambda *_: here[-1])
    monkeypatch.setattr(detect, "load", lambda *_: "the detector")
    assert track_services._detector(machine) is None
    here.append(None)
    assert track_services._detector(machine) == "the detector"
    track_services._loaded.cache_clear()


def test_a_detector_that_fails_is_told_at_the_end(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(machine: Any) -> Any:
        raise track_services.detect.DetectorFailed("yolox_nano.onnx cannot be read.")

    monkeypatch.setattr(track_services, "_detector", broken)
    (line,) = lines(ask(frame=5, box=[10, 10, 90, 90]))
    assert line["error"]["message"] == "yolox_nano.onnx cannot be read."
