"""Temporal metrics once more, one segment after the other, from the rules alone.

Segments are tuples (video, class, start, end, score), in file order.
"""

import math

import numpy as np


def tiou(a, b):
    """IoU with ActivityNet's 0 / 0."""
    shared = max(0.0, min(a[3], b[3]) - max(a[2], b[2]))
    union = (b[3] - b[2]) + (a[3] - a[2]) - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.float64(shared) / np.float64(union))


def later_first(rows, score):
    """By falling score; of equal ones the later row first."""
    return sorted(rows, key=score)[::-1]


def detection(truth, found, classes, thresholds):
    """{class: [AP per threshold]}."""
    result = {}
    for label in range(classes):
        goals = [row for row in truth if row[1] == label]
        mine = later_first([row for row in found if row[1] == label], lambda row: row[4])
        result[label] = [_detection(goals, mine, threshold) for threshold in thresholds]
    return result


def _detection(goals, found, threshold):
    taken, hits = set(), []
    for row in found:
        near = [(tiou(row, goal), i) for i, goal in enumerate(goals) if goal[0] == row[0]]
        near = sorted(near, key=lambda pair: math.inf if math.isnan(pair[0]) else pair[0])[::-1]
        choice = next((i for iou, i in near if not iou < threshold and i not in taken), None)
        if choice is not None:
            taken.add(choice)
        hits.append(choice is not None)
    return envelope(hits, len(goals))


def envelope(hits, positives):
    points, found = [], 0
    for n, hit in enumerate(hits, start=1):
        found += hit
        points.append((found / n, found / positives))
    area, before = 0.0, 0.0
    for i, (_, recall) in enumerate(points):
        area += (recall - before) * max(precision for precision, _ in points[i:])
        before = recall
    return area


def proposals(truth, found, per_video, thresholds):
    """(recall (T, 100), average number per video (100))."""
    videos = list(dict.fromkeys(row[0] for row in truth))
    ratio = per_video * float(len(videos)) / len(found)
    best, kept = {}, 0
    for video in videos:
        mine = later_first([row for row in found if row[0] == video], lambda row: row[4])
        best[video] = mine[: min(int(len(mine) * ratio), len(mine))]
        kept += len(best[video])
    if not kept:
        return [[0.0] * 100 for _ in thresholds], [math.nan] * 100
    shares = [i / 100.0 * (per_video * float(len(videos)) / kept) for i in range(1, 101)]
    recall = [
        [_found(truth, best, share, threshold) / len(truth) for share in shares]
        for threshold in thresholds
    ]
    return recall, [share * (kept / len(videos)) for share in shares]


def _found(truth, best, share, threshold):
    count = 0
    for goal in truth:
        mine = best[goal[0]]
        looked = mine[: min(int(len(mine) * share), len(mine))]
        count += any(tiou(row, goal) >= threshold for row in looked)
    return count


def classification(truth, found, classes, top_k):
    """({class: AP}, hit, average hit)."""
    labels = {}
    for video, label, *_ in truth:
        labels.setdefault(video, set()).add(label)
    ap = {}
    for label in range(classes):
        hits, seen = [], set()
        for row in later_first([row for row in found if row[1] == label], lambda row: row[4]):
            hits.append(label in labels.get(row[0], ()) and row[0] not in seen)
            seen.add(row[0])
        ap[label] = envelope(hits, sum(label in of_video for of_video in labels.values()))
    shares = []
    for video, wanted in labels.items():
        mine = later_first([row for row in found if row[0] == video], lambda row: row[4])[:top_k]
        named = {row[1] for row in mine}
        shares.append(len(wanted & named) / len(wanted))
    return ap, float(np.mean([math.ceil(share) for share in shares])), float(np.mean(shares))


def kit(truth, ambiguous, found, classes, thresholds):
    """THUMOS14's kit: {class: [AP per threshold]}."""
    return {
        label: [_kit(truth, ambiguous, found, label, threshold) for threshold in thresholds]
        for label in range(classes)
    }


def _kit(truth, ambiguous, found, label, threshold):
    positives, right, wrong = 0, [], []
    for video in dict.fromkeys(row[0] for row in [*truth, *found]):
        goals = [row for row in truth if row[:2] == (video, label)]
        mine = [row for row in found if row[:2] == (video, label)]
        mine.sort(key=lambda row: -row[4])
        positives += len(goals)
        free = list(range(len(mine)))
        for goal in goals:
            best = max(free, key=lambda i: (hull_iou(goal, mine[i]), -i), default=None)
            if best is not None and hull_iou(goal, mine[best]) > threshold:
                free.remove(best)
        right += [row[4] for i, row in enumerate(mine) if i not in free]
        unsure = [row for row in ambiguous if row[0] == video]
        wrong += [mine[i][4] for i in free if not any(hull_iou(u, mine[i]) > 0 for u in unsure)]
    ranked = [(-score, 0) for score in right] + [(-score, 1) for score in wrong]
    ranked.sort()
    points, hits = [], 0
    for n, (_, missed) in enumerate(ranked, start=1):
        hits += not missed
        points.append((hits / n, hits / positives))
    marks = [i * 0.1 for i in range(11)]
    return sum(max((p for p, r in points if r >= mark), default=0.0) for mark in marks) / 11


def hull_iou(a, b):
    (start, end), (start2, end2) = sorted(a[2:4]), sorted(b[2:4])
    shared = min(end, end2) - max(start, start2)
    return shared / (max(end, end2) - min(start, start2)) if shared > 0 else 0.0
