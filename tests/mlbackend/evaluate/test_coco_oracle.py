"""COCO's figures once more in plain loops, on small inputs full of ties, crowds and odd areas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbackend.evaluate import coco

BOX = st.tuples(
    st.integers(0, 3), st.integers(0, 3), st.sampled_from([0, 4, 6]), st.sampled_from([4, 6])
).map(list)
TRUTHS = st.lists(
    st.tuples(st.integers(1, 2), BOX, st.sampled_from([30, 2000, 20000]), st.booleans()),
    max_size=5,
)
FOUNDS = st.lists(st.tuples(st.integers(1, 2), BOX, st.sampled_from([0.1, 0.5, 0.9])), max_size=6)


def overlap(found, truth, crowd):
    sides = [min(found[i] + found[i + 2], truth[i] + truth[i + 2]) - max(found[i], truth[i])
             for i in (0, 1)]  # fmt: skip
    shared = max(sides[0], 0) * max(sides[1], 0)
    own = found[2] * found[3]
    union = own if crowd else own + truth[2] * truth[3] - shared
    return shared / union if union > 0 else 0.0


def outside(area, limits):
    return area < limits[0] or area > limits[1]


def marks(truths, founds, threshold, limits):
    """Of one image: (score, place, right, ignored) of every detection."""
    aside = [crowd or outside(area, limits) for _, area, crowd in truths]
    order = sorted(range(len(truths)), key=lambda i: aside[i])
    taken, result = set(), []
    for place, (box, score) in sorted(enumerate(founds), key=lambda row: -row[1][1]):
        best, mark = None, min(threshold, 1 - 1e-10)
        for i in order:
            if i in taken and not truths[i][2]:
                continue
            if best is not None and not aside[best] and aside[i]:
                break
            value = overlap(box, truths[i][0], truths[i][2])
            if value >= mark:
                best, mark = i, value
        if best is None:
            result.append((score, place, False, outside(box[2] * box[3], limits)))
        else:
            taken.add(best)
            result.append((score, place, not aside[best], aside[best]))
    return result


def average(truths, founds, threshold, limits):
    """AP at 101 points and recall of one category; None without a truth that counts."""
    rows = []
    for image in (1, 2):
        own = [row[1:] for row in truths if row[0] == image]
        rows += marks(own, [row[1:] for row in founds if row[0] == image], threshold, limits)
    count = sum(not crowd and not outside(area, limits) for _, _, area, crowd in truths)
    if not count:
        return None
    rows = [row for row in sorted(rows, key=lambda row: -row[0]) if not row[3]]
    found = np.cumsum([row[2] for row in rows]) if rows else np.zeros(0)
    points = []
    for recall in np.linspace(0, 1, 101):
        later = [found[i] / (i + 1) for i in range(len(rows)) if found[i] / count >= recall]
        points.append(max(later, default=0.0))
    return np.mean(points), (found[-1] / count if rows else 0.0)


def expected(truths, founds, limits):
    each = [average(truths, founds, threshold, limits) for threshold in coco.THRESHOLDS]
    return (-1.0, -1.0) if each[0] is None else tuple(np.mean(each, axis=0))


@given(TRUTHS, FOUNDS)
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_loops(truths, founds):
    annotations = [
        {"id": i, "image_id": image, "category_id": 1, "bbox": box, "area": area, "iscrowd": crowd}
        for i, (image, box, area, crowd) in enumerate(truths, start=1)
    ]
    content = {
        "images": [{"id": 1}, {"id": 2}], "categories": [{"id": 1}], "annotations": annotations,
    }  # fmt: skip
    results = [
        {"image_id": image, "category_id": 1, "bbox": box, "score": score}
        for image, box, score in founds
    ]
    ours = coco.evaluate(content, results)
    for name, suffix, recall in (("all", "", "100"), ("small", "_small", "_small"),
                                 ("medium", "_medium", "_medium")):  # fmt: skip
        precision, found = expected(truths, founds, coco.AREAS[name])
        assert ours[f"AP{suffix}"] == pytest.approx(precision, abs=1e-9)
        assert ours[f"AR{recall}"] == pytest.approx(found, abs=1e-9)
