"""Cuts tubes, or the whole picture, and optical flow out of the frames that pass by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlbackend.data.clip_plan import PAIR_S, WHOLE, Cell, Pairs
from mlbackend.data.pixels import Flow, crop, fitted, small_gray, tube_region
from mlbackend.data.tube_body import TubeBody


class Cutter:
    """Makes the wanted cells of each frame; `made` is emptied by whoever uses them."""

    def __init__(self, bodies: dict[int, TubeBody], pairs: Pairs) -> None:
        self.made: dict[Cell, NDArray] = {}
        self._bodies, self._pairs = bodies, pairs
        self._due: dict[int, list[Cell]] = {}
        self._gray: dict[int, tuple[NDArray[np.uint8], float]] = {}
        self._gray_until: dict[int, int] = {}
        self._flow = Flow()

    def want(self, cell: Cell) -> None:
        """Note a cell of a frame that is still to come."""
        end = self._pairs.end(cell.frame)
        self._due.setdefault(end if cell.flow else cell.frame, []).append(cell)
        if cell.flow:
            self._gray_until[cell.frame] = end

    def see(self, frame: int, picture: NDArray[np.uint8]) -> None:
        """Cut what is due at this frame."""
        due = self._due.pop(frame, [])
        wholes: dict[int, NDArray] = {}
        for cell in due:
            if cell.flow:
                continue
            if cell.subject == WHOLE:
                if cell.size not in wholes:
                    wholes[cell.size] = fitted(picture, cell.size)[0]
                self.made[cell] = wholes[cell.size]
            else:
                region = tube_region(*self._bodies[cell.subject].at(frame))
                self.made[cell] = crop(picture, region, cell.size, cell.size)
        flows = [cell for cell in due if cell.flow]
        if flows or frame in self._gray_until:
            self._gray[frame] = small_gray(picture)
            self._cut_flows(frame, flows, picture.shape[:2])
        for past in [f for f, until in self._gray_until.items() if until <= frame]:
            del self._gray_until[past]
        self._gray = {f: kept for f, kept in self._gray.items() if f in self._gray_until}

    def _cut_flows(self, frame: int, due: list[Cell], shape: tuple[int, int]) -> None:
        gray, scale = self._gray[frame]
        fields: dict[int, NDArray[np.float32]] = {}
        for cell in due:
            if cell.frame not in fields:
                fields[cell.frame] = self._flow.between(self._gray[cell.frame][0], gray)
            self.made[cell] = self._flow_cell(cell, fields[cell.frame], scale, shape)

    def _flow_cell(
        self, cell: Cell, field: NDArray[np.float32], scale: float, shape: tuple[int, int]
    ) -> NDArray[np.float16]:
        """Displacements in px of the crop, as if the frames were `PAIR_S` apart."""
        seconds = self._pairs.seconds(cell.frame)
        rate = PAIR_S / seconds if seconds else 0.0
        if cell.subject == WHOLE:
            cut, grown = fitted(field, cell.size)
            grown = cell.size / (min(shape) * scale)
        else:
            region = tube_region(*self._bodies[cell.subject].at(cell.frame)) * scale
            cut = crop(field, region, cell.size, cell.size)
            grown = cell.size / (region[2] - region[0])
        return (cut * (grown * rate)).astype(np.float16)
