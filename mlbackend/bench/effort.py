"""`manage.py bench effort`: how many operations a person needs for a tube, each way.

Replayed are true tubes of real clips, by an annotator who goes on until the tube's box overlaps the
true one by an IoU of 0.7 on every frame. Counted are operations, one each:

(a) From scratch: a box placed on a keyframe, lines in between. The first and the last frame come
    first, then always the worst frame. `fewest` is a bound below (a): the least number of true
    boxes for which the lines hold, by trying all.
(b) From a detector's proposals as the program makes them (linked, smoothed, thinned): accepting
    without change; else a keyframe moved, added or deleted, a piece merged, an end trimmed, a
    needless piece deleted. A correction confirms the tube by itself, so that accepting is not
    counted on top of it. Where deleting what is there and drawing costs less, that is done.
    A proposal counts as the actor's where they overlap by a mean IoU of 0.4 on their frames.
(c) One box drawn in the middle of the tube and carried both ways: drawing (1), and the key that
    carries (1; 0 where drawing and carrying are one tool), then corrections; a corrected box may
    be carried anew (1 and the key), up to the boxes the person placed. Where all this costs more
    than drawing, what was spent is lost and the tube is drawn.
(b, c) Proposals where there are any of the actor, and where correcting them costs more than
    deleting them, or where there are none, (c) with drawing and carrying as one tool.

J-HMDB and UCF101-24 have boxes only of who acts. A proposal on anybody else is therefore not
counted in the main figures: whether it is a person nobody annotated or nobody at all cannot be
told. `strict` counts every one of them as a deletion, which is too much where people stand about.
Looking, seeking and choosing labels cost the same in every way and are not counted.
"""

from __future__ import annotations

import time
import uuid
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from labeling.domain.box import Box
from labeling.domain.tube import Keyframe, Tube
from mlbackend.bench.data_sets import add_data, add_weights, detectors_of
from mlbackend.bench.effort_tubes import TrueTube, jhmdb_tubes, ucf_tubes
from mlbackend.bench.effort_ways import carried_costs, proposal_costs
from mlbackend.bench.jhmdb import observed
from mlbackend.bench.registry import Say
from mlbackend.bench.simulated import drawn, fewest
from mlbackend.propose import detect
from mlbackend.propose.detect import Host
from mlbackend.propose.gate import worthwhile

HELP = "Operations a person needs for a tube: from scratch, from proposals, from one carried box."
WAYS = ("yolox_nano", "d2go", "hog", "carried", "carried_alone")
CARRIER = "yolox_nano"
LOOKS_HZ = 10.0
LONG = 4


@dataclass(slots=True)
class Row:
    """What one tube costs: `cost` by way; `others` counts proposals on nobody annotated."""

    tube: TrueTube
    scratch: int
    fewest: int
    cost: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    add_weights(parser)
    parser.add_argument("--clips", type=int, help="only so many of J-HMDB's, evenly chosen")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Replay all tubes and print a row for each way.

    Raises:
        InvalidInput: the data are not there.
    """
    tubes = jhmdb_tubes(options["data"], options["clips"]) + ucf_tubes(options["data"])
    machine = detectors_of(options)
    rows = [Row(tube, drawn(tube.boxes).operations, fewest(tube.boxes)) for tube in tubes]
    say(f"{len(rows)} tubes, {sum(len(tube.boxes) for tube in tubes)} boxes")
    for way in options["ways"]:
        began = time.monotonic()
        missing = _missing(way, machine)
        if missing:
            say(f"{way}: left out. {missing}")
            continue
        _replay(way, rows, machine)
        say(f"{way}: {time.monotonic() - began:.0f} s")
    return reported(rows, say)


def _missing(way: str, machine: Host) -> str | None:
    if way == "carried_alone":
        return None
    return detect.missing_weights(CARRIER if way == "carried" else way, machine)


def _replay(way: str, rows: Sequence[Row], machine: Host) -> None:
    if way in ("carried", "carried_alone"):
        net = detect.load(CARRIER, machine) if way == "carried" else None
        for row in rows:
            carry = carrier(row.tube, net)
            for key, name in ((1, way), (0, f"{way}_at_once")):
                row.cost[name] = carried_costs(carry, row.tube.boxes, row.scratch, key)[0]
        return
    net = detect.load(way, machine)
    try:
        for row in rows:
            tubes = proposals(row.tube, way, net)
            worth = worthwhile(tubes, row.tube.timebase, way)
            cost, _, others = proposal_costs(worth, row.tube.start, row.tube.boxes, row.scratch)
            row.cost[way], row.others[way] = cost, others
            row.shown += _shown(way, row, tubes)
    finally:
        net.close()


def proposals(tube: TrueTube, detector: str, net: detect.Detector) -> list[Tube]:
    """What the program proposes on the clip."""
    from mlbackend.propose.tubes import tubes_of  # brings OpenCV

    seen = observed(tube.source_path, tube.timebase, detector, net)
    run_id = str(uuid.uuid5(uuid.NAMESPACE_URL, tube.source_path.name))
    return tubes_of(seen, label_id=1, run_id=run_id)


def carrier(
    tube: TrueTube, net: detect.Detector | None
) -> Callable[[int, np.ndarray, int, int], list[Keyframe]]:
    """A function that carries a box, as the program does, and remembers what it did."""
    from mlbackend.propose.track_near import Near
    from mlbackend.propose.track_video import Way, carry

    known: dict[tuple[int, int, int], list[Keyframe]] = {}
    every = max(1, round(float(tube.timebase.fps) / LOOKS_HZ))

    def carried(at: int, box: np.ndarray, low: int, high: int) -> list[Keyframe]:
        if (at, low, high) not in known:
            way = Way(tube.start + low, tube.start + high, limit_s=600.0)
            steps = carry(
                tube, tube.start + at, Box.of(box), way, lambda: Near(net, every) if net else None
            )
            try:
                while True:
                    next(steps)
            except StopIteration as done:
                known[at, low, high] = [
                    replace(keyframe, frame=keyframe.frame - tube.start)
                    for keyframe in done.value.keyframes
                ]
        return known[at, low, high]

    return carried


def _shown(way: str, row: Row, tubes: Sequence[Tube]) -> list[dict[str, Any]]:
    """Each proposal of the actor, and what it alone saves: for deciding what is worth showing."""
    found = []
    for tube in tubes:
        cost, of_actor, _ = proposal_costs([tube], row.tube.start, row.tube.boxes, row.scratch)
        seconds = row.tube.timebase.time_s(tube.keyframes[-1].frame)
        seconds -= row.tube.timebase.time_s(tube.keyframes[0].frame)
        found.append(
            {
                "detector": way,
                "score": tube.score,
                "keyframes": len(tube.keyframes),
                "length_s": round(seconds, 3),
                "of_actor": bool(of_actor),
                "saves": row.scratch - cost if of_actor else None,
            }
        )
    return found


def reported(rows: Sequence[Row], say: Say) -> dict[str, Any]:
    """Print and return the figures by set: each way's operations next to drawing's."""
    figures: dict[str, Any] = {"shown": [shown for row in rows for shown in row.shown]}
    parts = {
        **{name: [row for row in rows if row.tube.set == name] for name in ("J-HMDB", "UCF101-24")},
        f"drawn with {LONG} or more": [row for row in rows if row.scratch >= LONG],
        "all": list(rows),
    }
    for name, part in parts.items():
        if part:
            figures[name] = _figures(part)
            _print(name, figures[name], say)
    return figures


def _figures(rows: Sequence[Row]) -> dict[str, Any]:
    scratch = np.array([row.scratch for row in rows])
    ways = {"scratch": scratch, "fewest": np.array([row.fewest for row in rows])}
    ways |= {way: np.array([row.cost[way] for row in rows]) for way in rows[0].cost}
    at_once = ways.get("carried_at_once")
    for detector in rows[0].others if at_once is not None else ():
        # What was proposed, else deleted (1) and carried; with nothing there, carried alone.
        ways[f"{detector}, carried"] = np.minimum(
            ways[detector], at_once + np.array([bool(_of_actor(row, detector)) for row in rows])
        )
    return {
        "tubes": len(rows),
        **{way: _summary(cost, scratch) for way, cost in ways.items()},
        "strict": {
            detector: round(
                float(
                    sum(row.cost[detector] + row.others[detector] for row in rows) / scratch.sum()
                ),
                3,
            )
            for detector in rows[0].others
        },
    }


def _of_actor(row: Row, detector: str) -> int:
    return sum(shown["of_actor"] for shown in row.shown if shown["detector"] == detector)


def _summary(cost: np.ndarray, scratch: np.ndarray) -> dict[str, float]:
    return {
        "median": float(np.median(cost)),
        "mean": round(float(cost.mean()), 3),
        "ratio": round(float(cost.sum() / scratch.sum()), 3),
        "helps": round(float((cost < scratch).mean()), 3),
        "harms": round(float((cost > scratch).mean()), 3),
    }


def _print(name: str, figures: dict[str, Any], say: Say) -> None:
    say(f"\n{name}: {figures['tubes']} tubes")
    say(f"{'':<24}{'median':>8}{'mean':>8}{'ratio':>8}{'helps':>8}{'harms':>8}{'strict':>8}")
    for way, one in figures.items():
        if isinstance(one, dict) and way != "strict":
            strict = figures["strict"].get(way, "")
            say(
                f"{way:<24}{one['median']:>8.1f}{one['mean']:>8.2f}{one['ratio']:>8.2f}"
                f"{one['helps']:>8.2f}{one['harms']:>8.2f}{strict:>8}"
            )
