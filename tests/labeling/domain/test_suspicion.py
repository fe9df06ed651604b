"""Every check on a case it must find, on one just short of it, and all of them on clean work."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling.domain.annotations import Annotations
from labeling.domain.box import Box
from labeling.domain.span import Coverage, Span
from labeling.domain.suspicion import KINDS, Scene, exclusive_groups, findings
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube

FPS, FRAMES, WIDTH, HEIGHT = 25, 500, 640, 360
LABELS = {
    label.id: label
    for label in (
        LabelValue(1, LabelKind.OBJECT, "person"),
        LabelValue(2, LabelKind.ACTION, "walk", ava_id=14),
        LabelValue(3, LabelKind.ACTION, "sit", ava_id=11),
        LabelValue(4, LabelKind.ACTION, "wave", ava_id=69),
        LabelValue(5, LabelKind.OBJECT, "dog"),
        LabelValue(6, LabelKind.ACTION, "open"),
    )
}
EVERY_TICK = Timebase((1, FPS), np.arange(FRAMES), FRAMES)


def scene(*items, timebase=EVERY_TICK, settings=None):
    kinds = {Tube: {}, Span: {}, Coverage: {}}
    for item in items:
        kinds[type(item)][item.id] = item
    annotations = Annotations(1, kinds[Tube], kinds[Span], kinds[Coverage])
    groups = exclusive_groups(LABELS.values(), settings or {})
    return Scene(annotations, timebase, WIDTH, HEIGHT, LABELS, groups)


def tube(*keyframes, name="a", number=1, label_id=1, state="manual"):
    """Keyframes as (frame, x, y, width, height[, outside])."""
    made = tuple(
        Keyframe(f, Box(x, y, x + w, y + h), outside=bool(rest))
        for f, x, y, w, h, *rest in keyframes
    )
    return Tube(name, label_id, made, state, number)


def still(start=0, end=100, x=100, name="a", number=1, **more):
    return tube(
        (start, x, 100, 40, 90), (end - 1, x, 100, 40, 90), name=name, number=number, **more
    )


def span(label_id, start, end, name="s", tube_id="a", state="manual"):
    return Span(name, tube_id, label_id, start, end, state)


def reviewed(start, end, label_ids=(2, 3, 4, 6), tube_id="a"):
    return Coverage("c", tube_id, start, end, label_ids)


CASES = {
    "jump": [tube((0, 100, 100, 40, 90), (10, 100, 100, 40, 90), (11, 300, 100, 40, 90))],
    "size-jump": [tube((0, 100, 100, 30, 60), (5, 100, 100, 70, 130))],
    "flicker": [
        tube((0, 100, 100, 40, 90), (50, 100, 100, 40, 90, 1), (53, 100, 100, 40, 90),
             (99, 100, 100, 40, 90)),
    ],
    "same-person-twice": [still(), still(20, 80, x=103, name="b", number=2)],
    "box-outside-picture": [tube((0, 620, 100, 40, 90), (99, 620, 100, 40, 90))],
    "odd-shape": [tube((0, 100, 100, 20, 200), (99, 100, 100, 20, 200))],
    "exclusive-actions": [still(), span(2, 0, 60), span(3, 50, 100, name="r")],
    "duplicate-label": [still(), span(4, 0, 60), span(4, 59, 100, name="r")],
    "span-outside-tube": [still(), span(2, 90, 104)],
    "no-action": [still(), reviewed(0, 100)],
}  # fmt: skip

FINE = {
    "a sprinter": [tube((0, 100, 100, 40, 90), (25, 600, 100, 40, 90))],
    "a move out of sight": [
        tube((0, 100, 100, 40, 90), (50, 100, 100, 40, 90, 1), (80, 400, 100, 40, 90),
             (99, 400, 100, 40, 90)),
    ],
    "one box a second, alone": [
        tube((25, 100, 100, 40, 90), (26, 100, 100, 40, 90, 1), (75, 100, 100, 40, 90),
             (76, 100, 100, 40, 90, 1), (125, 100, 100, 40, 90)),
    ],
    "people who pass each other": [
        tube((0, 100, 100, 40, 90), (99, 300, 100, 40, 90)),
        tube((0, 300, 100, 40, 90), (99, 100, 100, 40, 90), name="b", number=2),
    ],
    "a dog in front of a person": [still(), still(name="b", number=2, label_id=5)],
    "one behind the other for a while": [
        still(), tube((0, 112, 100, 40, 90), (40, 112, 100, 40, 90), (99, 300, 100, 40, 90),
                      name="b", number=2),
    ],
    "a rejected copy": [still(), still(name="b", number=2, state="rejected")],
    "a box over the edge by a little": [tube((0, -3, 100, 40, 90), (99, -3, 100, 40, 90))],
    "who leaves is cut by the edge": [
        tube((0, 590, 100, 40, 90), (10, 600, 100, 40, 90), (12, 636, 100, 4, 90)),
    ],
    "poses one after the other": [still(), span(2, 0, 50), span(3, 50, 100, name="r")],
    "a pose and what is done meanwhile": [still(), span(2, 0, 99), span(4, 5, 50, name="r")],
    "contradictions that were rejected": [
        still(), span(2, 0, 60), span(3, 50, 100, name="r", state="rejected"),
    ],
    "a walk behind a post": [
        tube((0, 100, 100, 40, 90), (20, 110, 100, 40, 90, 1), (60, 130, 100, 40, 90),
             (99, 150, 100, 40, 90)),
        span(2, 0, 99),
    ],
    "nothing done, but nobody looked for every action": [still(), reviewed(0, 100, (2, 3))],
    "nothing done, not looked at for long": [still(), reviewed(80, 100)],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found(kind):
    found = findings(scene(*CASES[kind]))
    assert [finding.kind for finding in found] == [kind]
    assert 0 < found[0].severity <= 1 or kind == "no-action"
    assert found[0].message.endswith((".", "?"))


@pytest.mark.parametrize("case", FINE)
def test_correct_work_is_left_alone(case):
    assert findings(scene(*FINE[case])) == []


def only(*items, **more):
    (finding,) = findings(scene(*items, **more))
    return finding


def test_a_jump_says_how_far_and_how_fast():
    found = only(*CASES["jump"])
    assert (found.frame, found.tube_id) == (11, "a")
    assert found.message == (
        "Person 1 moves 200 px, 3.3 times its size, from frame 10 to 11 (0.04 s): 83 sizes a "
        "second."
    )


def test_speed_is_measured_in_recorded_time():
    """The same boxes, on frames that stand for two seconds each."""
    slow = Timebase((2, 1), np.arange(FRAMES), FRAMES)
    assert findings(scene(*CASES["jump"], timebase=slow)) == []


def test_out_of_keeping_with_the_rest_is_a_jump_too():
    calm = [(frame, 100 + frame / 5, 100, 40, 90) for frame in range(0, 100, 10)]
    found = only(tube(*calm, (100, 300, 100, 40, 90), (110, 302, 100, 40, 90)))
    assert (found.kind, found.frame) == ("jump", 100)
    assert "where 0.1 is usual for it" in found.message


def test_one_person_twice_names_both_and_for_how_long():
    found = only(*CASES["same-person-twice"])
    assert (found.frame, found.tube_id) == (20, "b")
    assert found.message == (
        "Person 1 and person 2 lie on each other for 2.4 s (100% of the shorter one), with a mean "
        "IoU of 0.86: one person twice?"
    )


def test_a_copy_of_one_frame_is_found():
    assert (
        only(still(), tube((5, 102, 100, 40, 90), name="b", number=2)).kind == "same-person-twice"
    )


def test_a_flicker_is_found_where_it_begins():
    found = only(*CASES["flicker"])
    assert (found.frame, found.message) == (50, "Person 1 is gone for frames 50 to 52 (0.12 s).")


def test_a_short_appearance_is_flicker_where_the_tube_goes_on_soon():
    found = only(
        tube((0, 100, 100, 40, 90, 1), (10, 100, 100, 40, 90), (11, 100, 100, 40, 90, 1),
             (30, 100, 100, 40, 90), (99, 100, 100, 40, 90)),
    )  # fmt: skip
    assert found.message == "Person 1 is there for only frame 10 (0.04 s)."


def test_exclusive_actions_lead_to_where_both_are():
    found = only(*CASES["exclusive-actions"])
    assert (found.frame, found.span_id) == (50, "r")
    assert found.message == (
        "'walk' and 'sit' exclude each other; person 1 has both at frames 50 to 59 (0.40 s)."
    )


def test_a_project_names_actions_that_exclude_each_other():
    items = [still(), span(4, 0, 60), span(6, 50, 100, name="r")]
    assert findings(scene(*items)) == []
    group = {"exclusive_actions": [["wave", "open", "gone since"], "wave", 3]}
    assert only(*items, settings=group).kind == "exclusive-actions"


@pytest.mark.parametrize("chosen", [{}, {"exclusive_actions": "walk"}, {"exclusive_actions": 3}])
def test_settings_that_make_no_sense_leave_the_poses(chosen):
    assert exclusive_groups(LABELS.values(), chosen) == (frozenset({2, 3}),)


@pytest.mark.parametrize(
    ("start", "end", "frame"), [(90, 104, 100), (99, 101, 100), (0, 30, 0), (120, 130, 120)]
)
def test_an_action_beyond_its_tube_leads_to_the_first_frame_without_a_box(start, end, frame):
    found = only(still(20 if start == 0 else 0), span(2, start, end))
    assert (found.kind, found.frame, found.span_id) == ("span-outside-tube", frame, "s")


def test_an_action_where_the_tube_is_out_of_the_picture():
    gone = tube((0, 100, 100, 40, 90), (20, 100, 100, 40, 90, 1), (80, 100, 100, 40, 90))
    assert only(gone, span(2, 30, 60)).kind == "span-outside-tube"


def test_an_action_on_a_rejected_tube():
    assert "rejected" in only(still(state="rejected"), span(2, 0, 9)).message


def test_proposals_are_not_judged():
    (jumping,) = CASES["jump"]
    assert findings(scene(Tube("a", 1, jumping.keyframes, "proposed", 1))) == []


def test_a_tube_that_trembles_all_along_is_told_a_few_times():
    shaking = [(f, 100 + 300 * (f % 2), 100, 40, 90) for f in range(100)]
    assert len(findings(scene(tube(*shaking)))) == 5


def test_the_worst_comes_first():
    found = findings(scene(*CASES["exclusive-actions"], *[tube((0, 626, 9, 40, 90), name="z")]))
    assert [f.severity for f in found] == sorted((f.severity for f in found), reverse=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    frames=st.lists(st.integers(0, FRAMES - 1), min_size=2, max_size=6, unique=True),
    size=st.tuples(st.floats(20, 90), st.floats(40, 150)),
    start=st.tuples(st.floats(0, 500), st.floats(0, 200)),
    speed=st.tuples(st.floats(-100, 100), st.floats(-100, 100)),
)
def test_a_person_who_moves_steadily_is_never_suspicious(frames, size, start, speed):
    """On a straight line at up to 140 px a second, as long as it stays in the picture."""
    (w, h), (x, y) = size, start
    places = [(f, x + speed[0] * f / FPS, y + speed[1] * f / FPS) for f in sorted(frames)]
    inside = [(f, a, b, w, h) for f, a, b in places if 0 <= a <= WIDTH - w and 0 <= b <= HEIGHT - h]
    if inside:
        assert findings(scene(tube(*inside))) == []
