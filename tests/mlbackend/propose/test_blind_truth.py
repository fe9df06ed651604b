"""Which hidden proposals were right, with answers that can be worked out by hand."""

from __future__ import annotations

import uuid
from dataclasses import replace

from labeling.domain.annotations import Annotations
from labeling.domain.box import Box
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube
from mlbackend.propose.blind_truth import BlindTruth

PERSON, BALL, WALK, RUN, CROWDED = 1, 2, 3, 4, 5
V = 100
YOLO, HOG, NET = "run-of-yolo", "run-of-hog", "run-of-net"


def tube(x: float, score: float | None = None, run: str | None = YOLO, **more) -> Tube:
    """Somebody 40 px wide at x on frames 0 to 99; a proposal where it has a score."""
    start, end = more.pop("on", (0, V))
    line = tuple(Keyframe(f, Box(x, 0, x + 40, 90)) for f in (start, end - 1))
    state = more.pop("state", State.MANUAL if score is None else State.PROPOSED)
    return Tube(
        str(uuid.uuid4()), more.pop("label", PERSON), line, state, score=score,
        run_id=run if score is not None else None,
    )  # fmt: skip


def span(on: Tube | None, label: int, start: int, end: int, score: float | None = None) -> Span:
    state = State.MANUAL if score is None else State.PROPOSED
    return Span(
        str(uuid.uuid4()), on and on.id, label, start, end, state, score=score,
        run_id=NET if score is not None else None,
    )  # fmt: skip


def covered(start: int = 0, end: int = V, labels=(PERSON, WALK, CROWDED), on=None) -> Coverage:
    return Coverage(str(uuid.uuid4()), on and on.id, start, end, labels)


def judged(*items: Tube | Span | Coverage) -> dict[str, bool]:
    tables: dict[type, dict] = {Tube: {}, Span: {}, Coverage: {}}
    for item in items:
        tables[type(item)][item.id] = item
    said = Annotations(1, tables[Tube], tables[Span], tables[Coverage])
    return BlindTruth(said, V, {YOLO: "yolo", HOG: "hog"}, {NET: "net"}).judged()


def test_who_finds_what_was_drawn_is_right_and_nobody_else() -> None:
    drawn, near, far = tube(0), tube(5, 0.9), tube(200, 0.8)
    assert judged(drawn, near, far, covered()) == {near.id: True, far.id: False}


def test_half_of_the_space_and_time_is_needed() -> None:
    # 40 px wide and d apart: IoU (40 - d) / (40 + d), a half at 13⅓.
    for shift, right in ((13, True), (14, False)):
        drawn, found = tube(0), tube(shift, 0.9)
        assert judged(drawn, found, covered()) == {found.id: right}
    for frames, right in ((50, True), (49, False)):
        drawn, found = tube(0), tube(0, 0.9, on=(0, frames))
        assert judged(drawn, found, covered()) == {found.id: right}


def test_one_person_is_found_once_by_the_surest() -> None:
    drawn = tube(0)
    sure, unsure = tube(4, 0.9), tube(0, 0.5)
    assert judged(drawn, sure, unsure, covered()) == {sure.id: True, unsure.id: False}
    # Who comes second takes what is left.
    other = tube(10)
    assert judged(drawn, other, sure, unsure, covered()) == {sure.id: True, unsure.id: True}


def test_two_detectors_do_not_take_from_each_other() -> None:
    drawn, yolo, hog = tube(0), tube(0, 0.9), tube(2, 0.4, HOG)
    assert judged(drawn, yolo, hog, covered()) == {yolo.id: True, hog.id: True}


def test_what_a_person_made_of_a_proposal_is_found_already() -> None:
    accepted = tube(0, 0.9, state=State.ACCEPTED)
    again, hog = tube(0, 0.8), tube(0, 0.7, HOG)
    assert judged(accepted, again, hog, covered()) == {again.id: False, hog.id: True}


def test_only_where_nobody_is_missing_is_anything_judged() -> None:
    found = tube(0, 0.9)
    assert judged(found) == {}
    assert judged(found, covered(0, 49)) == {}
    assert judged(found, covered(0, 50)) == {found.id: False}
    assert judged(found, covered(labels=(WALK,))) == {}
    drawn = tube(0, on=(0, 50))
    # What lies outside is no fault of the proposal.
    assert judged(found, drawn, covered(0, 50)) == {found.id: True}


def test_another_label_and_a_rejected_tube_are_no_truth() -> None:
    found, ball = tube(0, 0.9), tube(0, label=BALL)
    assert judged(found, ball, covered()) == {found.id: False}
    rejected = tube(0, 0.8, HOG, state=State.REJECTED)
    assert judged(found, rejected, covered()) == {found.id: False}


def test_an_action_counts_on_who_was_found() -> None:
    drawn, found, nobody = tube(0), tube(3, 0.9), tube(300, 0.8)
    walk = span(drawn, WALK, 0, 40)
    right = span(found, WALK, 0, 40, 0.9)
    wrong = span(found, WALK, 60, 100, 0.6)
    unknown = span(nobody, WALK, 0, 40, 0.6)
    not_asked = span(found, RUN, 0, 40, 0.6)
    said = judged(drawn, found, nobody, walk, right, wrong, unknown, not_asked, covered())
    assert said == {found.id: True, nobody.id: False, right.id: True, wrong.id: False}


def test_an_action_needs_half_in_time_and_counts_once() -> None:
    drawn, found = tube(0), tube(0, 0.9)
    walk = span(drawn, WALK, 0, 60)
    for end, right in ((30, True), (29, False)):
        guess = span(found, WALK, 0, end, 0.5)
        assert judged(drawn, found, walk, guess, covered())[guess.id] is right
    sure, unsure = span(found, WALK, 0, 50, 0.9), span(found, WALK, 0, 60, 0.3)
    said = judged(drawn, found, walk, sure, unsure, covered())
    assert (said[sure.id], said[unsure.id]) == (True, False)


def test_an_action_is_measured_only_where_the_proposed_tube_is() -> None:
    drawn, found = tube(0), tube(0, 0.9, on=(0, 60))
    walk, guess = span(drawn, WALK, 40, 100), span(found, WALK, 40, 60, 0.9)
    assert judged(drawn, found, walk, guess, covered())[guess.id] is True


def test_coverage_of_the_drawn_tube_is_enough_for_an_action() -> None:
    drawn, found = tube(0), tube(0, 0.9)
    guess = span(found, RUN, 0, 40, 0.5)
    whole = covered(labels=(PERSON,))
    assert guess.id not in judged(drawn, found, guess, whole)
    on_tube = covered(labels=(RUN,), on=drawn)
    assert judged(drawn, found, guess, whole, on_tube)[guess.id] is False


def test_an_action_proposed_on_a_drawn_tube_counts_too() -> None:
    drawn = tube(0)
    walk = span(drawn, WALK, 0, 40)
    right, wrong = span(drawn, WALK, 2, 44, 0.7), span(drawn, WALK, 50, 90, 0.7)
    assert judged(drawn, walk, right, wrong, covered()) == {right.id: True, wrong.id: False}
    taken = replace(span(drawn, WALK, 0, 40, 0.9), state=State.ACCEPTED)
    assert judged(drawn, taken, right, covered()) == {right.id: False}


def test_segments_are_matched_in_time() -> None:
    crowd = span(None, CROWDED, 10, 50)
    right, wrong = span(None, CROWDED, 20, 50, 0.8), span(None, CROWDED, 60, 90, 0.8)
    assert judged(crowd, right, wrong, covered()) == {right.id: True, wrong.id: False}
    assert judged(crowd, right, wrong, covered(0, 55)) == {right.id: True}
