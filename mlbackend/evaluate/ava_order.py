"""The order in which the rows of an image take their truth, and which of too many stay."""

import numpy as np

from mlbackend.evaluate.ava_boxes import Boxes, Ints
from mlbackend.evaluate.ava_rules import Order
from mlbackend.evaluate.in_turn import places


def highest(boxes: Boxes, most: int) -> Boxes:
    """At most `most` rows of an image, of all classes together, in file order.

    The published code fills a heap row by row: when it is full, a row enters only with a score
    strictly above the lowest, and the smallest (score, class, y1, x1, y2, x2) leaves. So of the
    rows with the lowest score that stays, those that came too late never enter, and of the others
    the larger stay.
    """
    crowded = np.flatnonzero(np.bincount(boxes.image)[boxes.image] > most)
    down = crowded[np.lexsort((-boxes.score[crowded], boxes.image[crowded]))]
    lowest = np.full(int(boxes.image.max(initial=-1)) + 1, -np.inf)
    at_edge = places(boxes.image[down]) == most - 1
    lowest[boxes.image[down[at_edge]]] = boxes.score[down[at_edge]]
    rivals = crowded[boxes.score[crowded] >= lowest[boxes.image[crowded]]]
    rivals = rivals[np.argsort(boxes.image[rivals], kind="stable")]
    entered = rivals[_enters(boxes, rivals, lowest, most)]
    kept = np.ones(len(boxes), dtype=bool)
    kept[crowded] = False
    kept[_largest(boxes, entered, most)] = True
    return boxes.take(kept)


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


def ordered(boxes: Boxes, order: Order, first: Boxes) -> Boxes:
    """Image by image, as the images first appear in `first`; within one class as `order` says."""
    appears = np.full(1 + max(int(b.image.max(initial=-1)) for b in (boxes, first)), len(first))
    np.minimum.at(appears, first.image, np.arange(len(first)))
    image = appears[boxes.image]
    if order is Order.FILE:
        return boxes.take(np.argsort(image, kind="stable"))
    if order is Order.LATER:
        return boxes.take(np.lexsort((-np.arange(len(boxes)), -boxes.score, image)))
    index = np.lexsort((-boxes.score, image))
    if order is Order.BOX:
        index = _smaller_first(boxes, index)
    return boxes.take(index)


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
