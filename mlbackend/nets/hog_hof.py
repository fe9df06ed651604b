"""HOG/HOF along a tube: what a body looks like and how its parts move, as one vector a window.

A window is cut into `STEPS_OF_TIME` stretches and its crop into `ROWS` x `COLUMNS` cells. Each
cell holds a histogram of gradient directions (HOG, unsigned) and one of the directions in which
its pixels move against the torso (HOF, signed, with a bin for rest). The camera's motion, the
median flow of the frame, is taken away first. Lengths are in body heights and seconds, so that
neither the size of the picture nor its frame rate matters.

Source of the histograms: Laptev et al., "Learning realistic human actions from movies" (2008);
here the cells follow the tube instead of sitting on interest points.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

VERSION = "hog-hof-1"

ROWS, COLUMNS = 6, 5
CELL_PX = 10
CROP_HEIGHT, CROP_WIDTH = ROWS * CELL_PX, COLUMNS * CELL_PX
STEPS_OF_TIME = 3
HOG_BINS = 8
HOF_BINS = 8
# Slower than this many body heights a second is rest: noise of the flow, breathing.
REST_SPEED = 0.12
CUES = 10

HOG_LENGTH = STEPS_OF_TIME * ROWS * COLUMNS * HOG_BINS
HOF_LENGTH = STEPS_OF_TIME * ROWS * COLUMNS * (HOF_BINS + 1)
CUES_LENGTH = (STEPS_OF_TIME + 2) * CUES
LENGTH = HOG_LENGTH + HOF_LENGTH + CUES_LENGTH

Floats = NDArray[np.float32]


class Moment(NamedTuple):
    """A tube at one moment, ready to be averaged over a window.

    hog: (ROWS, COLUMNS, HOG_BINS). hof: (ROWS, COLUMNS, HOF_BINS + 1), weights in body heights a
    second. cues: (CUES,), see `moment`.
    """

    hog: Floats
    hof: Floats
    cues: Floats


def crop_region(box: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """Return the region (x1, y1, x2, y2) to crop around a box.

    `reach` is the tube's larger side around that time: the region keeps its size while the body
    bends, and lets arms and a lying body in.
    """
    center = (box[:2] + box[2:]) / 2
    half = 0.6 * reach * np.array([CROP_WIDTH / CROP_HEIGHT, 1.0])
    return np.concatenate([center - half, center + half])


def crop(image: NDArray, region: NDArray[np.float64]) -> NDArray:
    """Cut a region out of an image (H, W[, C]) and scale it to the crop's size.

    Outside the image its border is repeated.
    """
    scale = (region[2:] - region[:2]) / (CROP_WIDTH, CROP_HEIGHT)
    source = np.array(
        [[scale[0], 0.0, region[0] + scale[0] / 2], [0.0, scale[1], region[1] + scale[1] / 2]]
    )
    return cv2.warpAffine(
        image,
        source - [[0, 0, 0.5], [0, 0, 0.5]],
        (CROP_WIDTH, CROP_HEIGHT),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def moment(
    gray: NDArray[np.uint8],
    flow: NDArray[np.float32],
    box: NDArray[np.float64],
    reach: float,
    height: float,
    seconds: float,
) -> Moment:
    """Describe one tube at one moment.

    Args:
        gray: (H, W) frame. flow: (H, W, 2) to the next one, px, the camera's motion taken away.
        box: (4,) the tube's box. reach: its larger side around that time, px.
        height: the body's standing height as far as the tube shows it, px.
        seconds: between the two frames.

    The cues are: torso velocity x, y and speed; box aspect (log); box height and width against
    `height`; crop's mean speed in its upper, middle and lower third; share of pixels at rest.
    """
    region = crop_region(box, reach)
    velocity = crop(flow, region) / np.float32(height * seconds)
    torso = _torso_velocity(velocity)
    relative = velocity - torso
    speed = np.linalg.norm(relative, axis=2)
    size = box[2:] - box[:2]
    thirds = speed.reshape(3, -1).mean(axis=1)
    cues = np.array(
        [
            torso[0],
            torso[1],
            np.hypot(*torso),
            np.log(size[0] / size[1]),
            size[1] / height,
            size[0] / height,
            *thirds,
            float((speed < REST_SPEED).mean()),
        ],
        dtype=np.float32,
    )
    return Moment(_hog(crop(gray, region)), _hof(relative, speed), cues)


def window_vector(moments: list[Moment]) -> Floats:
    """Return the (LENGTH,) float32 vector of a window from its moments in order of time.

    Raises:
        ValueError: there are no moments.
    """
    if not moments:
        raise ValueError("a window needs at least one moment")
    edges = np.linspace(0, len(moments), STEPS_OF_TIME + 1)
    parts = [
        moments[int(a) : max(int(a) + 1, int(np.ceil(b)))]
        for a, b in zip(edges, edges[1:], strict=False)
    ]
    hog = np.stack([np.mean([m.hog for m in part], axis=0) for part in parts])
    hof = np.stack([np.mean([m.hof for m in part], axis=0) for part in parts])
    cues = np.stack([m.cues for m in moments])
    means = [np.mean([m.cues for m in part], axis=0) for part in parts]
    vector = np.concatenate(
        [_normalized(hog), _normalized(hof), *means, cues.std(axis=0), np.ptp(cues, axis=0)]
    )
    return vector.astype(np.float32)


def mirrored(vectors: Floats) -> Floats:
    """Return (N, LENGTH) vectors as the mirror image of their windows would have given them."""
    hog = vectors[:, :HOG_LENGTH].reshape(-1, STEPS_OF_TIME, ROWS, COLUMNS, HOG_BINS)
    hof = vectors[:, HOG_LENGTH : HOG_LENGTH + HOF_LENGTH]
    hof = hof.reshape(-1, STEPS_OF_TIME, ROWS, COLUMNS, HOF_BINS + 1)
    cues = vectors[:, -CUES_LENGTH:].reshape(-1, STEPS_OF_TIME + 2, CUES).copy()
    cues[:, :STEPS_OF_TIME, 0] *= -1.0
    bins = [(HOF_BINS // 2 - b) % HOF_BINS for b in range(HOF_BINS)] + [HOF_BINS]
    turned = [(HOG_BINS - b) % HOG_BINS for b in range(HOG_BINS)]
    count = len(vectors)
    return np.concatenate(
        [
            hog[:, :, :, ::-1][..., turned].reshape(count, -1),
            hof[:, :, :, ::-1][..., bins].reshape(count, -1),
            cues.reshape(count, -1),
        ],
        axis=1,
    ).astype(np.float32)


def _torso_velocity(velocity: Floats) -> Floats:
    """The median velocity of the middle of the crop: where the trunk is."""
    y, x = CROP_HEIGHT // 5, CROP_WIDTH * 3 // 8
    middle = velocity[y : CROP_HEIGHT * 3 // 5, x : CROP_WIDTH - x]
    return np.median(middle.reshape(-1, 2), axis=0).astype(np.float32)


def _hog(gray: NDArray[np.uint8]) -> Floats:
    image = gray.astype(np.float32)
    dx = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=1, borderType=cv2.BORDER_REPLICATE)
    dy = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=1, borderType=cv2.BORDER_REPLICATE)
    size = np.hypot(dx, dy)
    angle = np.arctan2(dy, dx) / np.pi * HOG_BINS
    cells = _histogram(angle, size, HOG_BINS)
    norm = np.sqrt((cells**2).sum(axis=2, keepdims=True)) + 8.0
    return np.asarray(np.sqrt(cells / norm), dtype=np.float32)


def _hof(relative: Floats, speed: Floats) -> Floats:
    angle = np.arctan2(relative[..., 1], relative[..., 0]) / (2 * np.pi) * HOF_BINS
    moving = speed >= REST_SPEED
    cells = _histogram(angle, np.where(moving, np.minimum(speed, 6.0), 0.0), HOF_BINS)
    rest = (~moving).reshape(ROWS, CELL_PX, COLUMNS, CELL_PX).sum(axis=(1, 3))
    cells = np.concatenate([cells, REST_SPEED * rest[:, :, None]], axis=2)
    return np.asarray(cells / CELL_PX**2, dtype=np.float32)


def _histogram(angle: Floats, weight: Floats, bins: int) -> Floats:
    """Histogram the pixels of each cell over direction, shared between the two nearest bins.

    Args:
        angle: (CROP_HEIGHT, CROP_WIDTH) in bins, any turn. weight: the same shape.

    Returns:
        (ROWS, COLUMNS, bins).
    """
    low = np.floor(angle).astype(np.int64)
    part = (angle - low).astype(np.float32)
    rows = np.arange(CROP_HEIGHT)[:, None] // CELL_PX
    columns = np.arange(CROP_WIDTH)[None, :] // CELL_PX
    base = (rows * COLUMNS + columns) * bins
    total = np.bincount(
        np.concatenate([(base + low % bins).ravel(), (base + (low + 1) % bins).ravel()]),
        weights=np.concatenate([((1 - part) * weight).ravel(), (part * weight).ravel()]),
        minlength=ROWS * COLUMNS * bins,
    )
    return total.reshape(ROWS, COLUMNS, bins).astype(np.float32)


def _normalized(cells: Floats) -> Floats:
    """Square-root and scale to length 1: large cells do not drown small ones."""
    flat = np.sqrt(np.maximum(cells, 0.0)).reshape(-1)
    return np.asarray(flat / (np.linalg.norm(flat) + 1e-6), dtype=np.float32)
