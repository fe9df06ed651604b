"""torchvision's Faster R-CNN as a detector of COCO's objects."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlbackend.propose.detectors.base import Detections, DetectorFailed, Frame, detections
from mlbackend.propose.detectors.coco import COCO_91


class FasterRcnnDetector:
    """A Faster R-CNN with COCO weights from a file; on the GPU when there is one."""

    def __init__(self, name: str, path: Path, *, threads: int, floor: float = 0.1) -> None:
        """Load the named net.

        Raises:
            DetectorFailed: the file does not hold this net's weights.
        """
        import torch

        from mlbackend.nets import faster_rcnn

        torch.set_num_threads(threads)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._net = faster_rcnn.load(name, path, score_floor=floor, device=self._device)
        except (RuntimeError, pickle.UnpicklingError, OSError) as error:
            raise DetectorFailed(f"{path.name} does not hold the weights of {name}") from error

    @property
    def categories(self) -> tuple[str, ...]:
        """See `Detector.categories`."""
        return COCO_91

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`. On a CPU frames go one by one: a batch only costs memory."""
        size = 8 if self._device == "cuda" else 1
        found: list[Detections] = []
        for start in range(0, len(frames_bgr), size):
            found.extend(self._detect_batch(frames_bgr[start : start + size]))
        return found

    def close(self) -> None:
        """See `Detector.close`."""
        del self._net

    def _detect_batch(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        import torch

        with torch.inference_mode():
            images = [
                torch.from_numpy(np.ascontiguousarray(frame[:, :, ::-1].transpose(2, 0, 1)))
                .to(self._device)
                .float()
                .div_(255.0)
                for frame in frames_bgr
            ]
            outputs = self._net(images)
        return [
            _objects(output, frame.shape) for output, frame in zip(outputs, frames_bgr, strict=True)
        ]


def _objects(output: dict, shape: tuple[int, ...]) -> Detections:
    boxes, scores, labels = (output[key].cpu().numpy() for key in ("boxes", "scores", "labels"))
    return detections(boxes, scores, shape, labels)
