"""The second look: tracks are cut where people meet and joined as looks and motion say."""

from __future__ import annotations

import numpy as np

from mlbackend.propose.relink import Path, relinked

RED, BLUE = np.eye(2)


def _path(times: np.ndarray, x: np.ndarray, looks: np.ndarray) -> Path:
    boxes = np.stack([x, np.full(len(x), 50.0), x + 40.0, np.full(len(x), 150.0)], axis=1)
    return Path(times, boxes, looks)


def _crossing() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    times = np.arange(50) / 10
    red, blue = 100.0 * times, 500.0 - 100.0 * times
    return times, red, blue, np.where(times[:, None] < 2.5, RED, BLUE)


def test_tracks_that_changed_people_where_they_crossed_change_back() -> None:
    """Each track turned round at the crossing; their looks say that both walked on."""
    times, red, blue, changing = _crossing()
    left = _path(times, np.where(times < 2.5, red, blue), changing)
    right = _path(times, np.where(times < 2.5, blue, red), changing[:, ::-1])
    found = relinked([left, right], 1.2)
    assert len(found) == 2
    for places in found:
        looks = np.array([(left, right)[owner].looks[place] for owner, place in places])
        assert len(places) == 50 and (looks == looks[0]).all()


def test_a_lost_person_is_found_again_within_the_gap_and_not_beyond() -> None:
    times = np.arange(20) / 10
    first = _path(times, 50.0 * times, np.tile(RED, (20, 1)))
    for gap_s, tracks in ((0.8, 1), (1.5, 2)):
        again_s = times + times[-1] + gap_s
        second = _path(again_s, 50.0 * again_s, np.tile(RED, (20, 1)))
        assert len(relinked([first, second], 1.2)) == tracks


def test_somebody_else_is_not_taken_for_the_lost_one() -> None:
    times = np.arange(20) / 10
    first = _path(times, 50.0 * times, np.tile(RED, (20, 1)))
    again_s = times + times[-1] + 0.4
    second = _path(again_s, 50.0 * again_s, np.tile(BLUE, (20, 1)))
    assert len(relinked([first, second], 1.2)) == 2


def test_no_box_is_lost_or_used_twice() -> None:
    rng = np.random.default_rng(3)
    paths = []
    for _ in range(12):
        times = np.sort(rng.choice(60, rng.integers(1, 30), replace=False)) / 10
        looks = rng.uniform(0, 1, (len(times), 4))
        looks /= np.linalg.norm(looks, axis=1, keepdims=True)
        paths.append(_path(times, rng.uniform(0, 200, len(times)), looks))
    found = relinked(paths, 1.2)
    used = sorted(place for places in found for place in places)
    assert used == [(n, k) for n, path in enumerate(paths) for k in range(len(path.times_s))]
    for places in found:
        times = [paths[owner].times_s[place] for owner, place in places]
        assert (np.diff(times) > 0).all()
    assert relinked([], 1.2) == []
