"""AVA's frame-mAP once more, one row after the other: what the arrays are held to.

Written from the rules, not from `mlbackend.evaluate.ava`; slow and plain on purpose. Rows are
tuples (video, time, x1, y1, x2, y2, class id, score); rows (video, time) say that somebody looked.
"""

import heapq
import math
from collections import defaultdict

import numpy as np

HEAPED = {"activitynet-2020", "activitynet-2019"}
MMACTION2 = {"mmaction2", "mmaction2-all-frames"}


class InsideOut(Exception):
    """A box with x2 < x1 or y2 < y1 where the evaluator gives up."""


def by_loop(truth, found, classes, evaluator, excluded=()):
    """(mAP, {class id: AP}, images left out); NaN where undefined."""
    known = {row[:2] for row in truth}
    truth_of, found_of = _images(truth, classes), _images(found, classes)
    if evaluator in MMACTION2 and not truth_of:
        raise LookupError("nothing to measure against")
    excluded = set() if evaluator == "activitynet-2020" else set(excluded)
    positives = defaultdict(int)
    for image, rows in truth_of.items():
        for row in rows:
            positives[row[6]] += image not in excluded or evaluator in MMACTION2
    answers = defaultdict(list)
    ignored = 0
    for image in list(truth_of) if evaluator == "mmaction2" else list(found_of):
        out = image in excluded or (evaluator == "activitynet-2020" and image not in known)
        ignored += out and image in found_of
        if not out:
            _judge(truth_of.get(image, []), found_of.get(image, []), classes, evaluator, answers)
    if evaluator == "mmaction2":
        ignored = len(set(found_of) - (set(truth_of) - excluded))
    ap = {label: _ap(answers[label], positives[label], evaluator) for label in classes}
    defined = [value for value in ap.values() if not math.isnan(value)]
    return (sum(defined) / len(defined) if defined else math.nan), ap, ignored


def _images(rows, classes):
    images = {}
    for row in rows:
        if len(row) > 2 and row[6] in classes:
            images.setdefault(row[:2], []).append(row)
    return images


def _judge(truth, found, classes, evaluator, answers):
    """Add (score, hit) of one image to the answers of every class."""
    if evaluator in HEAPED:
        found = _fifty(found)
    if evaluator not in MMACTION2:
        found = [row for row in found if row[2] < row[4] and row[3] < row[5]]
    for label in classes:
        mine = _sorted([row for row in found if row[6] == label], evaluator)
        goals = [row for row in truth if row[6] == label]
        goals = goals if evaluator in ("slowfast", "alphaction") else _sorted(goals, evaluator)
        if not mine:
            continue
        if any(_inside_out(row) for row in goals + mine):
            raise InsideOut
        taken = set()
        for row in mine:
            ious = [_iou(row, goal, evaluator) for goal in goals]
            best = int(np.argmax(ious)) if ious else -1
            hit = bool(ious) and ious[best] >= 0.5 and best not in taken
            if hit:
                taken.add(best)
            score = np.float32(row[7]) if evaluator in MMACTION2 else row[7]
            answers[label].append((score, hit))


def _fifty(rows):
    heap = []
    for row in rows:
        entry = (row[7], row[6], row[3], row[2], row[5], row[4], row)
        if len(heap) < 50:
            heapq.heappush(heap, entry)
        elif row[7] > heap[0][0]:
            heapq.heapreplace(heap, entry)
    return [entry[-1] for entry in heap]


def _sorted(rows, evaluator):
    if evaluator == "slowfast":
        return rows
    if evaluator in HEAPED:
        return sorted(rows, key=lambda row: (-row[7], row[3], row[2], row[5], row[4]))
    if evaluator == "alphaction":
        return sorted(rows, key=lambda row: row[7])[::-1]
    return sorted(rows, key=lambda row: -np.float32(row[7]))


def _inside_out(row):
    return row[4] < row[2] or row[5] < row[3]


def _iou(a, b, evaluator):
    kind = np.float32 if evaluator in MMACTION2 else np.float64
    ax, ay, ax2, ay2, bx, by, bx2, by2 = (kind(value) for value in (*a[2:6], *b[2:6]))
    width = max(0.0, np.float64(min(ax2, bx2) - max(ax, bx)))
    height = max(0.0, np.float64(min(ay2, by2) - max(ay, by)))
    areas = (ax2 - ax) * (ay2 - ay) + (bx2 - bx) * (by2 - by)
    union = np.float64(areas) - width * height
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.float64(width * height) / union


def _ap(answers, positives, evaluator):
    if not positives or (not answers and evaluator in MMACTION2):
        return math.nan
    ranked = sorted(answers, key=lambda answer: answer[0])[::-1]
    points, hits = [], 0
    for n, (_, hit) in enumerate(ranked, start=1):
        hits += hit
        points.append((hits / n, hits / positives))
    area, before = 0.0, 0.0
    for i, (_, recall) in enumerate(points):
        if recall > before:
            area += (recall - before) * max(precision for precision, _ in points[i:])
            before = recall
    return area
