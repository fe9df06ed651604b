"""Frame- and video-AP once more, box by box in plain loops: slow, and easy to check by eye."""

import numpy as np


def box_iou(a, b, extra):
    width = min(a[2], b[2]) - max(a[0], b[0]) + extra
    height = min(a[3], b[3]) - max(a[1], b[1]) + extra
    shared = max(width, 0) * max(height, 0)
    area_a = (a[2] - a[0] + extra) * (a[3] - a[1] + extra)
    area_b = (b[2] - b[0] + extra) * (b[3] - b[1] + extra)
    union = area_a + area_b - shared
    return shared / union if union > 0 else 0.0


def matlab_iou(truth, found):
    grown = [found[0] + 1, found[1] + 1, found[2] + 2, found[3] + 2]
    return box_iou(truth, grown, 0)


def tube_iou(truth, found, matlab):
    """Tubes are dicts of frame to box."""
    shared = sorted(set(truth) & set(found))
    if len(shared) < (2 if matlab else 1):
        return 0.0
    whole = max(*truth, *found) - min(*truth, *found) + 1
    one = matlab_iou if matlab else (lambda a, b: box_iou(a, b, 1))
    mean = sum(one(truth[frame], found[frame]) for frame in shared) / len(shared)
    return mean * (len(shared) / whole)


def hits(truths, founds, overlap, enough, choose_only=False):
    """Truths and founds as (group, thing) lists, founds best first: True or False for each."""
    left = list(range(len(truths)))
    result = []
    for group, thing in founds:
        asked = range(len(truths)) if choose_only else left
        values = {i: overlap(truths[i][1], thing) for i in asked if truths[i][0] == group}
        best = max(values, key=lambda i: (values[i], -i), default=None)
        hit = best is not None and best in left and values[best] > 0 and enough(values[best])
        if hit:
            left.remove(best)
        result.append(hit)
    return result


def thinned(founds, overlap, limit):
    """Founds, best first, without those that overlap a better one that stays."""
    kept = []
    for group, thing in founds:
        if all(other != group or overlap(thing, better) <= limit for other, better in kept):
            kept.append((group, thing))
    return kept


def envelope(marks, positives):
    area = found = 0.0
    precisions = [sum(marks[: i + 1]) / (i + 1) for i in range(len(marks))]
    for i, hit in enumerate(marks):
        if hit:
            area += max(precisions[i:]) / positives
            found += 1
    return area


def trapezoid(marks, positives):
    area, precision, recall, found = 0.0, 1.0, 0.0, 0
    for i, hit in enumerate(marks):
        found += hit
        now, along = found / (i + 1), found / positives
        area += (along - recall) * (now + precision) / 2
        precision, recall = now, along
    return area


def by_score(rows):
    """Rows (score, group, thing), best first, equal scores as they stand."""
    return [row[1:] for row in sorted(rows, key=lambda row: -row[0])]


def close(a, b):
    return np.isclose(a, b, atol=2e-6)
