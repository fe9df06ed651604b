"""The order in which the rows of an image take their truth, and which of too many stay."""

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.ava_boxes import Boxes, Ints
from mlbackend.evaluate.ava_rules import Order
from mlbackend.evaluate.in_turn import places


def highest(boxes: Boxes, most: int) -> NDArray[np.bool_]:
    """Which rows stay when an image may have at most `most`, of all classes together: (N,) bool.

    The published code fills a heap row by row: when it is full, a row enters only with a score
    strictly above the lowest, and the smallest (score, class, y1, x1, y2, x2) leaves. So of the
    rows with the lowest score that stays, those that came too late never enter, and of the others
    the larger stay.
    """
    crowded = np.flatnonzero(np.bincount(boxes.image)[boxes.image] > most)
    down = by_number(crowded[np.argsort(-boxes.score[crowded], kind="stable")], boxes.image)
    lowest = np.full(int(boxes.image.max(initial=-1)) + 1, -np.inf)
    at_edge = places(boxes.image[down]) == most - 1
    lowest[boxes.image[down[at_edge]]] = boxes.score[down[at_edge]]
    rivals = crowded[boxes.score[crowded] >= lowest[boxes.image[crowded]]]
    rivals = by_number(rivals, boxes.image)
    entered = rivals[_enters(boxes, rivals, lowest, most)]
    kept = np.ones(len(boxes), dtype=bool)
    kept[crowded] = False
    kept[_largest(boxes, entered, most)] = True
    return kept


def _largest(boxes: Boxes, rows: Ints, most: int) -> Ints:
    """The `most` largest rows of each image, as the heap compares them."""
    surplus = np.bincount(boxes.image[rows])[boxes.image[rows]] > most
    some = rows[surplus]
    x, y, x2, y2 = boxes.box[some].T
    keys = (x2, y2, x, y, boxes.label[some], boxes.score[some], boxes.image[some])
    down = some[np.lexsort(keys)[::-1]]
    return np.concatenate([rows[~surplus], down[places(boxes.image[down]) < most]])


def _enters(boxes: Boxes, rivals: Ints, lowest: np.ndarray, most: int) -> np.ndarray:
    """Of rows with at least the lowest score that stays: does the row ever get into the heap?"""
    above = boxes.score[rivals] > lowest[boxes.image[rivals]]
    return above | (places(boxes.image[rivals]) < most)


def by_number(order: Ints, numbers: Ints) -> Ints:
    """Sort `order` by ``numbers[order]`` (0 or more), leaving equal ones as they are.

    16 bits at a time, because NumPy sorts those by counting.
    """
    for shift in range(0, max(1, int(numbers.max(initial=0)).bit_length()), 16):
        part = (numbers[order] >> shift).astype(np.uint16)
        order = order[np.argsort(part, kind="stable")]
    return order


def ordered(boxes: Boxes, order: Order, first: Boxes) -> Boxes:
    """Image by image, as the images first appear in `first`; within one class as `order` says."""
    index = by_number(_by_score(boxes, order), _appearance(first, boxes.image_count())[boxes.image])
    return boxes.take(_smaller_first(boxes, index) if order is Order.BOX else index)


def _by_score(boxes: Boxes, order: Order) -> Ints:
    if order is Order.FILE:
        return np.arange(len(boxes))
    if order is Order.LATER:
        return np.argsort(boxes.score, kind="stable")[::-1]
    return np.argsort(-boxes.score, kind="stable")


def _appearance(boxes: Boxes, images: int) -> Ints:
    """The rank of each image in order of first appearance; images that do not appear come last."""
    images = max(images, boxes.image_count())
    row = np.full(images, len(boxes))
    np.minimum.at(row, boxes.image, np.arange(len(boxes)))
    rank = np.empty(images, dtype=np.int64)
    rank[np.argsort(row, kind="stable")] = np.arange(images)
    return rank


def _smaller_first(boxes: Boxes, index: Ints) -> Ints:
    """Put rows of one image and equal score into the order of (class, y1, x1, y2, x2)."""
    image, score = boxes.image[index], boxes.score[index]
    follows = np.zeros(len(index), dtype=bool)
    follows[1:] = (image[1:] == image[:-1]) & (score[1:] == score[:-1])
    tied = follows.copy()
    tied[:-1] |= follows[1:]
    run, rows = np.cumsum(~follows)[tied], index[tied]
    x, y, x2, y2 = boxes.box[rows].T
    index = index.copy()
    index[tied] = rows[np.lexsort((x2, y2, x, y, boxes.label[rows], run))]
    return index
