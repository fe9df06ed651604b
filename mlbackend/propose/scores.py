"""One score per tube and span that says how likely a person agrees.

Fitted, per detector and per recognizer, on what people said on hold-out videos. Proposals they
decided about were right if accepted or corrected, and wrong if rejected. Where they annotate blind
they decide about none, and what they drew says which were right, see `blind_truth`. Worked out by
one pass over those videos when a run commits, so that nothing has to be kept in step; the run's row
says which map made its scores, and with it the raw score can be had back for the next fit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labeling import api
from labeling.domain.blind import HOLD_OUT, is_blind
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.evaluate.calibration import Platt, ece, platt, reliability
from mlbackend.models import Run
from mlbackend.propose.blind_truth import BlindTruth
from mlbackend.propose.detectors.options import PROJECT
from mlbackend.propose.recognizers.base import Recognizer
from mlbackend.propose.runs import RunValue

# Fewer decided ones of either kind say too little.
ENOUGH = 30
_KINDS = ("tubes", "spans")
# Raw scores and whether they were right, by name, of tubes and of spans.
Judged = dict[str, dict[str, list[tuple[float, bool]]]]
# What was judged, by video and its newest revision; so many are kept, of some hundred pairs each.
_MOST_KEPT = 2000
_kept: dict[tuple[str, int, int, bool], Judged] = {}
RIGHT, WRONG = (State.ACCEPTED, State.CORRECTED), State.REJECTED
NONE = Platt()


@dataclass(frozen=True, slots=True)
class Decided:
    """Raw scores (N,) of one model's proposals and whether people agreed (N,)."""

    scores: np.ndarray
    right: np.ndarray

    @property
    def lacking(self) -> str:
        """Why no map can be fitted, or empty."""
        good, bad = int(self.right.sum()), int((~self.right).sum())
        if min(good, bad) >= ENOUGH:
            return ""
        return (
            f"Raw scores: {good} right and {bad} wrong proposals on reviewed hold-out videos; "
            f"{ENOUGH} of both are needed."
        )


NOTHING = Decided(np.empty(0), np.empty(0, dtype=bool))


def calibrated(
    video: api.VideoValue, run: RunValue, model: str, tubes: Sequence[Tube], spans: Sequence[Span]
) -> tuple[list[Tube], list[Span]]:
    """Return the proposals with the scores people see, and note in the run's detail how.

    Args:
        model: the recognizer's model id, or its name where it has none; empty without one.
    """
    of_tubes, of_spans = decided(video.project_id)
    maps = {
        "tubes": _map(of_tubes.get(detector_name(run.detector, run.detector_title), NOTHING)),
        "spans": _map(of_spans.get(model, NOTHING)),
    }
    run.detail["calibration"] = {kind: one[1] for kind, one in maps.items()}
    # Tubes of an earlier run have the scores of that run already.
    ours = [
        replace(tube, score=_mapped(maps["tubes"][0], tube.score))
        if tube.run_id == run.id
        else tube
        for tube in tubes
    ]
    return ours, [replace(span, score=_mapped(maps["spans"][0], span.score)) for span in spans]


def detector_name(detector: str, title: str) -> str:
    """Return what a detector's decided tubes are gathered under.

    "project" is whichever of its own detectors a project uses; which one the title says.
    """
    return title if detector == PROJECT and title else detector


def model_name(run: RunValue, recognizer: Recognizer | None) -> str:
    """Return what a recognizer's decided spans are gathered under."""
    return (recognizer.model_id if recognizer else "") or run.recognizer


def decided(project_id: int) -> tuple[dict[str, Decided], dict[str, Decided]]:
    """Return the judged proposals of hold-out videos: tubes by detector, spans by recognizer."""
    settings = api.project(project_id).settings
    facts = api.video_facts(project_id)
    waiting = api.videos_waiting(project_id)
    held_out = [i for i, found in facts.items() if found.split == HOLD_OUT and i not in waiting]
    newest = api.newest_revisions(project_id, held_out)
    runs: dict[str, dict[str, Run]] = {video_id: {} for video_id in held_out}
    for run in Run.objects.filter(video_id__in=held_out):
        runs[str(run.video_id)][str(run.id)] = run
    is_hidden = is_blind(HOLD_OUT, settings)
    each = [_judged(i, newest[i], runs[i], is_hidden) for i in held_out]
    return _arrays([one["tubes"] for one in each]), _arrays([one["spans"] for one in each])


def calibration_report(project_id: int) -> dict[str, Any]:
    """Return, per detector and recognizer, counts, error before and after, and the bins.

    The error after is of maps fitted on the other half, so that it is not flattered.
    """
    of_tubes, of_spans = decided(project_id)
    return {
        kind: {name: _figures(one) for name, one in sorted(every.items())}
        for kind, every in (("tubes", of_tubes), ("spans", of_spans))
    }


def _figures(one: Decided) -> dict[str, Any]:
    said: dict[str, Any] = {
        "confirmed": int(one.right.sum()),
        "rejected": int((~one.right).sum()),
        "note": one.lacking,
        "ece_raw": ece(one.scores, one.right),
        "ece": None,
        "bins": reliability(one.scores, one.right),
    }
    if not one.lacking:
        after = np.empty(len(one.scores))
        half = np.arange(len(one.scores)) % 2 == 0
        for part in (half, ~half):
            after[part] = platt(one.scores[~part], one.right[~part]).apply(one.scores[part])
        said |= {"ece": ece(after, one.right), "bins": reliability(after, one.right)}
    return said


def _map(one: Decided) -> tuple[Platt, dict[str, Any]]:
    """The map to use and what the run's detail says of it."""
    note = one.lacking
    if not note:
        found = platt(one.scores, one.right)
        if found.slope > 0.0:
            fit = {"slope": found.slope, "intercept": found.intercept}
            return found, {**fit, "decided": len(one.scores), "note": ""}
        note = "Raw scores: people agreed no more often with high scores than with low ones."
    return NONE, {"slope": 1.0, "intercept": 0.0, "decided": len(one.scores), "note": note}


def _mapped(by: Platt, score: float | None) -> float | None:
    if score is None or by == NONE:
        return score
    return round(float(by.apply(np.array([score]))[0]), 4)


def _judged(video_id: str, revision: int, runs: dict[str, Run], is_hidden: bool) -> Judged:
    """What was judged on one video; worked out once until something is committed there."""
    key = (video_id, revision, len(runs), is_hidden)
    if key not in _kept:
        found = _judge(video_id, runs, is_hidden)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return _kept[key]


def _judge(video_id: str, runs: dict[str, Run], is_hidden: bool) -> Judged:
    said = api.annotations(video_id)
    right: dict[str, bool] = {}
    if is_hidden:
        names = {kind: {i: _name(run, kind) for i, run in runs.items()} for kind in _KINDS}
        frames = api.video(video_id).frame_count
        right = BlindTruth(said, frames, names["tubes"], names["spans"]).judged()
    found: Judged = {kind: defaultdict(list) for kind in _KINDS}
    for tube in said.tubes.values():
        _gather(found["tubes"], tube, runs, "tubes", right)
    for span in said.spans.values():
        _gather(found["spans"], span, runs, "spans", right)
    return found


def _gather(
    into: dict[str, list[tuple[float, bool]]],
    one: Tube | Span,
    runs: dict[str, Run],
    kind: str,
    matched: Mapping[str, bool],
) -> None:
    run = runs.get(str(one.run_id))
    is_decided = one.state in (*RIGHT, WRONG)
    if run is None or one.score is None or not (is_decided or one.id in matched):
        return
    used = run.detail.get("calibration", {}).get(kind, {})
    by = Platt(float(used.get("slope", 1.0)), float(used.get("intercept", 0.0)))
    raw = float(by.undo(np.array([one.score]))[0]) if by != NONE else one.score
    right = one.state in RIGHT if is_decided else matched[one.id]
    into[_name(run, kind)].append((raw, right))


def _name(run: Run, kind: str) -> str:
    if kind == "tubes":
        return detector_name(run.detector, str(run.detail.get("detector_title", "")))
    return str(run.model_id or run.recognizer)


def _arrays(each: Sequence[Mapping[str, list[tuple[float, bool]]]]) -> dict[str, Decided]:
    """What several videos say, by name."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for one in each:
        for name, rows in one.items():
            found[name] += rows
    return {
        name: Decided(np.array([s for s, _ in rows]), np.array([r for _, r in rows], dtype=bool))
        for name, rows in found.items()
    }
