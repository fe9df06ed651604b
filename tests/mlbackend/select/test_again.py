"""Reviewed tubes come back when the project asks about labels they were never asked about."""

import uuid
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from mlbackend.select.again import EVERY, NewLabels, new_labels, not_asked
from mlbackend.select.plan import planned
from tests.mlbackend.select.planning import (
    FALL,
    PERSON,
    RUN,
    WALK,
    champion,
    keep,
    known,
    labels,
    scene,
    tube,
    waiting_of,
)

pytestmark = pytest.mark.django_db

# "fall" was added at revision 10.
NEW = NewLabels({FALL: 10})


def covered(of, *label_ids, end=None, revision=4):
    end = of.end_frame if end is None else end
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{of.id} {label_ids}"))
    return Coverage(name, of.id, of.start_frame, end, label_ids, revision)


def reviewed(n):
    return tube(n, state=State.ACCEPTED)


def found_in(tubes, coverage, spans=()):
    return waiting_of([scene(tubes, spans, coverage)], labels(RUN, WALK, FALL))


def test_a_label_that_was_added_is_asked_of_reviewed_tubes():
    done, old = reviewed(1), reviewed(2)
    found = found_in([done, old], [covered(done, RUN, WALK, FALL), covered(old, RUN, WALK)])
    (item,) = not_asked(found, NEW)
    assert (item.tube, item.label_ids, item.parts) == (old, (FALL,), ())


def test_half_of_the_frames_are_enough_to_be_asked():
    mostly, hardly = reviewed(1), reviewed(2)
    found = found_in(
        [mostly, hardly],
        [covered(mostly, RUN, WALK), covered(mostly, FALL, end=5)]
        + [covered(hardly, RUN, WALK), covered(hardly, FALL, end=4)],
    )
    assert [item.tube for item in not_asked(found, NEW)] == [hardly]


def test_neither_proposals_nor_what_was_never_reviewed():
    proposed, unseen = tube(1), reviewed(2)
    assert not_asked(found_in([proposed, unseen], [covered(proposed, RUN)]), NEW) == []


def test_what_a_person_left_out_themselves_is_not_asked_again():
    later = reviewed(1)
    assert not_asked(found_in([later], [covered(later, RUN, revision=11)]), NEW) == []


def test_what_another_change_of_the_labels_moved_is_asked_still():
    """A merge writes coverage anew, and nobody looked for anything meanwhile."""
    old = reviewed(1)
    found = found_in([old], [covered(old, RUN, revision=12)])
    (item,) = not_asked(found, replace(NEW, moved=frozenset({12})))
    assert item.label_ids == (FALL,)


def test_where_people_alone_were_looked_for_no_action_is_asked_again():
    old = reviewed(1)
    assert not_asked(found_in([old], [covered(old, PERSON)]), NEW) == []


def test_the_history_of_the_labels_says_since_when_each_is_asked():
    change = partial(SimpleNamespace, revision=None)
    person = {"id": FALL, "name": "fall", "kind": "action"}
    found = new_labels([
        change(operation="add", detail={"label": person, "at_revision": 3}),
        change(operation="rename", detail={"label": person, "before": "drop"}),
        change(operation="retire", detail={"label": person, "at_revision": 5}),
        change(operation="restore", detail={"label": person, "at_revision": 8}),
        change(operation="split", detail={
            "from": {"id": 77}, "into": [{"id": RUN}, {"id": WALK}], "at_revision": 9,
        }, revision=9),
    ])  # fmt: skip
    assert found == NewLabels({FALL: 8, RUN: 9, WALK: 9}, {77: (RUN, WALK)}, frozenset({9}))


def test_what_carries_a_split_label_comes_first_then_what_the_model_sees(tmp_path):
    tubes = [reviewed(n) for n in (1, 2, 3)]
    whole = 77
    part = Span(str(uuid.UUID(int=5)), tubes[0].id, whole, 0, tubes[0].end_frame, State.ACCEPTED)
    one = scene(tubes, [part], [covered(each, RUN, WALK) for each in tubes])
    keep(tmp_path, one, {1: (0, 0, -4), 2: (0, 0, -4), 3: (0, 0, 2)})
    found = waiting_of([one], labels(RUN, WALK, FALL))
    plan = planned(
        replace(known(found, tmp_path, champion()), new=NewLabels({FALL: 10}, {whole: (FALL, RUN)}))
    )
    asked = [viewing for viewing in plan.viewings if viewing.slice == "schema"]
    assert [viewing.tube_number for viewing in asked] == [1, 3, 2]
    assert [viewing.reason for viewing in asked] == [
        "which part is it now: fall?", "not asked yet: fall", "not asked yet: fall",
    ]  # fmt: skip
    assert asked[1].score == pytest.approx(0.88, abs=0.01)


def test_they_are_spread_among_the_others(tmp_path):
    old = [reviewed(n) for n in range(1, 4)]
    open_ = [tube(n) for n in range(10, 22)]
    found = found_in([*old, *open_], [covered(each, RUN, WALK) for each in old])
    plan = planned(replace(known(found, tmp_path), new=NEW))
    at = [i for i, viewing in enumerate(plan.viewings) if viewing.slice == "schema"]
    assert at == [EVERY - 1, 2 * EVERY - 1, 3 * EVERY - 1]
