"""Failures as pictures: a frame of the window with the tube's box drawn in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np

from labeling import api
from labeling.domain.errors import TubelabError
from labeling.domain.tube import Tube
from labeling.media import read_frames

log = logging.getLogger(__name__)

WIDTH_PX = 480
QUALITY = 82
# BGR: what was said though it is not, and what was not seen.
COLORS = {"false positive": (40, 40, 230), "miss": (0, 170, 250)}


def failure_picture(
    video: api.VideoValue, tube: Tube, window: tuple[int, int], kind: str, path: Path
) -> bool:
    """Write a JPEG of the window's middle frame; False, with a log, where it cannot be read."""
    import av.error

    frame = min(max((window[0] + window[1] - 1) // 2, 0), video.frame_count - 1)
    try:
        pictures = read_frames(
            video.source_path, video.timebase, [frame], rotation=video.rotation,
            pixel_format="bgr24",
        )  # fmt: skip
        _, picture = next(iter(pictures))
    except (TubelabError, OSError, av.error.FFmpegError, StopIteration) as error:
        log.warning("no picture of frame %s of %s: %s", frame, video.name, error)
        return False
    _write(picture, _box(tube, frame), COLORS[kind], path)
    return True


def _box(tube: Tube, frame: int) -> Any:
    """The tube's box there, or where it was last."""
    inside = min(max(frame, tube.start_frame), tube.end_frame - 1)
    return tube.box_at(inside) or tube.keyframes[0].box


def _write(picture: np.ndarray, box: Any, color: tuple[int, int, int], path: Path) -> None:
    import cv2

    scale = min(1.0, WIDTH_PX / picture.shape[1])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    small = np.ascontiguousarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    x1, y1, x2, y2 = (round(side * scale) for side in box.as_list())
    cv2.rectangle(small, (x1, y1), (x2, y2), (255, 255, 255), 4)
    cv2.rectangle(small, (x1, y1), (x2, y2), color, 2)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.tobytes())
