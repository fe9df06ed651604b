"""torchvision's Faster R-CNN as a detector: of COCO's objects or of those it was trained on."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mlbackend.propose.detectors.base import Detections, DetectorFailed, Frame, detections
from mlbackend.propose.detectors.batches import Batches
from mlbackend.propose.detectors.coco import COCO_91

GPU_BATCH = 8


class FasterRcnnDetector:
    """A Faster R-CNN with weights from a file; on the GPU when there is one."""

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        threads: int,
        floor: float = 0.1,
        categories: tuple[str, ...] | None = None,
        sides_px: tuple[int, int] | None = None,
    ) -> None:
        """Load the named net.

        Args:
            categories: what its outputs are called, the background first; COCO's without it.
            sides_px: the sides pictures are brought to; the net's own without it.

        Raises:
            DetectorFailed: the file does not hold this net's weights.
        """
        import torch

        from mlbackend.nets import faster_rcnn

        torch.set_num_threads(threads)
        self.categories = categories or COCO_91
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        # On a CPU frames go one by one: a batch only costs memory.
        self.batches = Batches(GPU_BATCH if self._device == "cuda" else 1)
        try:
            self._net = faster_rcnn.load(
                name,
                path,
                score_floor=floor,
                device=self._device,
                categories=len(self.categories),
                sides_px=sides_px,
            )
        except (RuntimeError, pickle.UnpicklingError, OSError, KeyError, TypeError) as error:
            raise DetectorFailed(
                f"{path.name} does not hold the weights of {name} with {len(self.categories)} "
                "categories"
            ) from error

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`.

        Raises:
            DetectorFailed: not even one frame fits into memory.
        """
        return self.batches.run(frames_bgr, self._detect_batch)

    def close(self) -> None:
        """See `Detector.close`."""
        del self._net

    def _detect_batch(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        import torch

        with torch.inference_mode():
            outputs = self._net([self._image(frame) for frame in frames_bgr])
        return [
            _objects(output, frame.shape) for output, frame in zip(outputs, frames_bgr, strict=True)
        ]

    def _image(self, frame: Frame) -> Any:
        """(3, H, W) float RGB, 0..1; turned on the device, where it costs least."""
        import torch

        pixels = torch.from_numpy(np.ascontiguousarray(frame)).to(self._device)
        return pixels.flip(2).permute(2, 0, 1).float().div_(255.0).contiguous()


def _objects(output: dict, shape: tuple[int, ...]) -> Detections:
    boxes, scores, labels = (output[key].cpu().numpy() for key in ("boxes", "scores", "labels"))
    return detections(boxes, scores, shape, labels)
