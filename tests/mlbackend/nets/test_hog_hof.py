"""HOG/HOF in numbers: directions fall into their bins, motion of camera and torso cancels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mlbackend.nets import hog_hof
from mlbackend.nets.hog_hof import (
    COLUMNS,
    CROP_HEIGHT,
    CROP_WIDTH,
    HOF_BINS,
    ROWS,
    crop,
    crop_region,
    mirrored,
    moment,
    window_vector,
)

BOX = np.array([60.0, 40.0, 100.0, 140.0])


def _texture(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 255, (180, 160)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2.0)


def _flow(x: float = 0.0, y: float = 0.0) -> np.ndarray:
    flow = np.zeros((180, 160, 2), np.float32)
    flow[...] = (x, y)
    return flow


def test_length_is_the_documented_one() -> None:
    found = moment(_texture(), _flow(), BOX, 100.0, 100.0, 0.1)
    assert window_vector([found]).shape == (hog_hof.LENGTH,) == (1580,)


def test_the_torsos_own_motion_is_rest_in_the_cells_and_velocity_in_the_cues() -> None:
    found = moment(_texture(), _flow(5.0, -2.0), BOX, 100.0, 100.0, 0.1)
    assert found.hof[..., :HOF_BINS].sum() == 0
    np.testing.assert_allclose(found.hof[..., HOF_BINS], hog_hof.REST_SPEED, rtol=1e-5)
    np.testing.assert_allclose(found.cues[:3], [0.5, -0.2, np.hypot(0.5, 0.2)], rtol=1e-4)


@pytest.mark.parametrize(("x", "y", "bin_"), [(1, 0, 0), (0, 1, 2), (-1, 0, 4), (0, -1, 6)])
def test_a_moving_limb_falls_into_its_direction_and_place(x: int, y: int, bin_: int) -> None:
    flow = _flow()
    region = crop_region(BOX, 100.0)
    left, top = int(region[0]), int(region[1])
    flow[top : top + 18, left : left + 18] = (4.0 * x, 4.0 * y)
    hof = moment(_texture(), flow, BOX, 100.0, 100.0, 0.1).hof
    moving = hof[..., :HOF_BINS]
    assert np.unravel_index(moving.argmax(), moving.shape) == (0, 0, bin_)
    assert moving[ROWS // 2 :].sum() == 0


def test_lengths_are_in_body_heights_and_seconds() -> None:
    small = moment(_texture(), _flow(3.0), BOX, 100.0, 100.0, 0.1)
    big = cv2.resize(_texture(), None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    flow = np.zeros((360, 320, 2), np.float32)
    flow[..., 0] = 12.0
    large = moment(big, flow, 2 * BOX, 200.0, 200.0, 0.2)
    np.testing.assert_allclose(large.cues, small.cues, atol=1e-4)


def test_a_vertical_edge_has_a_horizontal_gradient() -> None:
    gray = np.zeros((180, 160), np.uint8)
    gray[:, 80:] = 200
    hog = moment(gray, _flow(), BOX, 100.0, 100.0, 0.1).hog
    assert hog.sum(axis=(0, 1)).argmax() == 0
    assert hog[:, COLUMNS // 2].sum() == pytest.approx(hog.sum())


def test_mirrored_is_what_the_mirrored_video_gives() -> None:
    rng = np.random.default_rng(4)
    moments, turned = [], []
    for step in range(6):
        gray = _texture(step)
        flow = cv2.GaussianBlur(rng.normal(0, 6, (180, 160, 2)).astype(np.float32), (0, 0), 4.0)
        moments.append(moment(gray, flow, BOX, 100.0, 100.0, 0.1))
        back = np.ascontiguousarray(flow[:, ::-1]) * np.array([-1, 1], np.float32)
        box = np.array([160 - BOX[2], BOX[1], 160 - BOX[0], BOX[3]])
        picture = np.ascontiguousarray(gray[:, ::-1])
        turned.append(moment(picture, back, box, 100.0, 100.0, 0.1))
    left, right = window_vector(moments)[None], window_vector(turned)[None]
    np.testing.assert_allclose(mirrored(left), right, atol=1e-3)
    assert np.abs(left - right).max() > 0.03
    np.testing.assert_array_equal(mirrored(mirrored(left)), left)


def test_a_crop_of_its_own_size_is_the_picture() -> None:
    gray = _texture()
    region = np.array([20.0, 30.0, 20.0 + CROP_WIDTH, 30.0 + CROP_HEIGHT])
    np.testing.assert_array_equal(
        crop(gray, region), gray[30 : 30 + CROP_HEIGHT, 20 : 20 + CROP_WIDTH]
    )


def test_a_window_needs_a_moment() -> None:
    with pytest.raises(ValueError, match="at least one"):
        window_vector([])
