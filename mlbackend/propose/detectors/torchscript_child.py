"""The child process that runs a TorchScript detector: frames on stdin, boxes on stdout.

TorchScript files of quantized nets can crash natively; here nothing but this process dies.
Run by file path, never imported by the worker. A request is two little-endian uint32 (height,
width) and the frame's BGR bytes; a reply is a uint32 count and that many rows of six float32
(x1, y1, x2, y2, score, category id). The first reply is a single uint32 0: ready.
"""

from __future__ import annotations

import os
import struct
import sys
import warnings
from typing import Any, BinaryIO

import numpy as np


def serve(path: str, threads: int, stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Load the net and answer until stdin ends."""
    warnings.filterwarnings("ignore")
    import torch
    import torchvision  # noqa: F401  (registers the nms and roi_align the file calls)

    torch.set_num_threads(threads)
    torch.backends.quantized.engine = "qnnpack"
    net = torch.jit.load(path, map_location="cpu")
    net.eval()
    stdout.write(struct.pack("<I", 0))
    stdout.flush()
    with torch.inference_mode():
        while len(header := stdin.read(8)) == 8:
            height, width = struct.unpack("<II", header)
            frame = np.frombuffer(stdin.read(height * width * 3), dtype=np.uint8)
            rows = _objects(net, torch, frame.reshape(height, width, 3))
            stdout.write(struct.pack("<I", len(rows)) + rows.astype("<f4").tobytes())
            stdout.flush()


def _objects(net: Any, torch: Any, frame: np.ndarray) -> np.ndarray:
    image = torch.from_numpy(frame.transpose(2, 0, 1).copy()).float() / 255.0
    found = net([image])[1][0]
    columns = [found["boxes"], found["scores"][:, None], found["labels"][:, None].float()]
    return np.asarray(torch.cat(columns, dim=1).cpu().numpy(), dtype=np.float32).reshape(-1, 6)


if __name__ == "__main__":
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the replies
    serve(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer, replies)
