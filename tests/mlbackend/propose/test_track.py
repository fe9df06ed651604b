"""Carrying a box picture by picture, on pictures whose motion is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mlbackend.propose.detectors.base import Detections
from mlbackend.propose.thin import pair_iou
from mlbackend.propose.track import Stop, Tracker
from mlbackend.propose.track_flow import moved
from mlbackend.propose.track_near import Near

SIZE = (240, 320)


def noise(seed: int, size: tuple[int, int]) -> np.ndarray:
    """A colored texture of (height, width)."""
    rough = np.random.default_rng(seed).integers(0, 255, (*(s // 4 + 1 for s in size), 3))
    return cv2.resize(rough.astype(np.uint8), size[::-1], interpolation=cv2.INTER_CUBIC)


GROUND = (noise(1, SIZE) // 3 + 60).astype(np.uint8)
THING = noise(2, (80, 40))


def picture(box: np.ndarray, thing: np.ndarray = THING) -> np.ndarray:
    """The thing on the ground, stretched into a box (4,) px."""
    shown = GROUND.copy()
    x1, y1, x2, y2 = np.round(box).astype(int)
    left, top = max(0, x1), max(0, y1)
    fitted = cv2.resize(thing, (x2 - x1, y2 - y1))
    part = fitted[top - y1 : SIZE[0] - y1, left - x1 : SIZE[1] - x1]
    shown[top : top + part.shape[0], left : left + part.shape[1]] = part
    return shown


def walk(frame: int, grow: float = 0.5) -> np.ndarray:
    """Two pixels to the right a frame, and larger."""
    x, half = 60.0 + 2 * frame, 20.0 + grow * frame / 2
    return np.array([x - half, 120 - 2 * half, x + half, 120 + 2 * half])


def run(tracker: Tracker, boxes: list[np.ndarray]) -> list[np.ndarray] | Stop:
    """The carried boxes, or why it stopped."""
    tracker.start(0, picture(boxes[0]), boxes[0])
    found = []
    for frame, box in enumerate(boxes[1:], start=1):
        step = tracker.step(frame, picture(box))
        if isinstance(step, Stop):
            return step
        found.append(step[0])
    return found


def overlap(found: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
    return pair_iou(np.array(found), np.array(boxes[1:]))


def test_points_follow_a_moving_growing_thing():
    before, after = (cv2.cvtColor(picture(walk(f)), cv2.COLOR_BGR2GRAY) for f in (0, 3))
    step = moved(before, after, walk(0))
    assert step is not None and step.error < 0.01 and step.kept > 0.9
    assert np.abs(step.box - walk(3)).max() < 1.0


def test_a_box_is_carried_without_a_detector():
    boxes = [walk(frame) for frame in range(60)]
    found = run(Tracker(), boxes)
    assert overlap(found, boxes).min() > 0.85


def test_a_detector_corrects_what_points_cannot_see_and_keeps_how_it_was_drawn():
    """The thing is flat in the middle: its points say nothing of its size."""
    boxes = [walk(frame, grow=1.0) for frame in range(40)]
    drawn_wider = np.array([-0.1, -0.05, 0.1, 0.05])

    def drawn(box: np.ndarray) -> np.ndarray:
        return box + drawn_wider * np.tile(box[2:] - box[:2], 2)

    def look(frame: int, _picture: np.ndarray, _about: np.ndarray):
        return boxes[frame][None], np.array([0.9])

    tracker = Tracker(look)
    tracker.start(0, picture(boxes[0]), drawn(boxes[0]))
    found = [tracker.step(f, picture(boxes[f]))[0] for f in range(1, 40)]
    assert overlap(found, [drawn(box) for box in boxes]).min() > 0.9


def test_it_ends_where_the_picture_is_cut():
    tracker = Tracker()
    tracker.start(0, picture(walk(0)), walk(0))
    assert not isinstance(tracker.step(1, picture(walk(1))), Stop)
    assert tracker.step(2, 255 - picture(walk(2)) // 4) is Stop.CUT


def test_it_ends_where_the_thing_leaves_the_picture():
    boxes = [np.array([200.0, 60, 250, 160]) + [3 * f, 0, 3 * f, 0] for f in range(60)]
    tracker = Tracker()
    tracker.start(0, picture(boxes[0]), boxes[0])
    for frame in range(1, 60):
        step = tracker.step(frame, picture(boxes[frame]))
        if isinstance(step, Stop):
            assert step in (Stop.LEFT, Stop.LOST)
            assert boxes[frame][0] < 315
            return
    pytest.fail("it was carried out of the picture")


def test_it_ends_soon_after_the_thing_is_gone_and_vouches_for_nothing_meanwhile():
    tracker = Tracker()
    tracker.start(0, picture(walk(0)), walk(0))
    for frame in range(1, 10):
        tracker.step(frame, picture(walk(frame)))
    rng = np.random.default_rng(3)
    for frame in range(10, 30):
        hidden = rng.integers(0, 255, (*SIZE, 3)).astype(np.uint8) // 3 + 60
        step = tracker.step(frame, hidden)
        if isinstance(step, Stop):
            assert step is Stop.LOST and frame < 20
            return
        assert not step[1]
    pytest.fail("it went on with nothing to follow")


class Two:
    """Sees a dog and a person, wherever it looks, at the same places of the whole picture."""

    categories = ("person", "dog")
    calls = 0

    def detect(self, frames_bgr):
        Two.calls += 1
        height, width = frames_bgr[0].shape[:2]
        boxes = np.array([[0, 0, 20, 60], [width - 60, height - 40, width, height]], np.float32)
        return [Detections(boxes, np.array([0.8, 0.9], np.float32), np.array([0, 1]))]

    def close(self) -> None:
        pass


def test_a_detector_near_the_box_reports_what_is_followed_in_pixels_of_the_picture():
    near = Near(Two(), every=2)
    # Looked at is 100..300 by 50..240, so that the dog is at 240..300, 200..240.
    drawn = np.array([160.0, 110, 240, 190])
    boxes, _ = near(10, GROUND, drawn)
    assert len(boxes) == 0, "nothing overlaps what was drawn"
    near = Near(Two(), every=2)
    at_dog = np.array([242.0, 198, 300, 239])
    boxes, scores = near(10, GROUND, at_dog)
    assert scores.tolist() == [pytest.approx(0.9)]
    assert np.allclose(boxes[0, 2:], [320, 240])
    calls = Two.calls
    assert len(near(11, GROUND, at_dog)[0]) == 0 and Two.calls == calls
    assert len(near(12, GROUND, at_dog)[0]) == 1
