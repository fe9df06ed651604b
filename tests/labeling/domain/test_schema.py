"""Merging and splitting labels, held to what each frame says before and after."""

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.annotations import Annotations
from labeling.domain.box import Box
from labeling.domain.operations import apply
from labeling.domain.ranges import difference, intersection, union
from labeling.domain.schema import merged, retired, split
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube

FRAMES = 12
RUN, JOG, SIT, WALK = 1, 2, 3, 4
VIDEO = str(uuid.UUID(int=77))

ranges = st.tuples(st.integers(0, FRAMES - 1), st.integers(1, FRAMES)).filter(lambda r: r[0] < r[1])


def frames(found):
    return {frame for start, end in found for frame in range(start, end)}


@given(st.lists(ranges), st.lists(ranges))
def test_ranges_are_sets_of_frames(a, b):
    assert frames(union(a)) == frames(a)
    assert frames(intersection(a, b)) == frames(a) & frames(b)
    assert frames(difference(a, b)) == frames(a) - frames(b)
    for found in (union(a), intersection(a, b), difference(a, b)):
        assert all(end < start for (_, end), (start, _) in zip(found, found[1:], strict=False))


@st.composite
def annotations(draw):
    """Spans and coverage of one video; the tube that they would be on makes no difference."""
    spans, coverage = {}, {}
    for n in range(draw(st.integers(0, 6))):
        start, end = draw(ranges)
        state = draw(st.sampled_from(list(State)))
        label = draw(st.sampled_from([RUN, JOG, SIT]))
        item = str(uuid.UUID(int=n))
        spans[item] = Span(item, None, label, start, end, state)
    for n in range(draw(st.integers(0, 5))):
        start, end = draw(ranges)
        labels = draw(st.sets(st.sampled_from([RUN, JOG, SIT]), min_size=1))
        item = str(uuid.UUID(int=100 + n))
        coverage[item] = Coverage(item, None, start, end, tuple(labels))
    return Annotations(0, {}, spans, coverage)


def marked(found, labels):
    return frames(
        (s.start_frame, s.end_frame)
        for s in found.spans.values()
        if s.is_confirmed and s.label_id in labels
    )


def covered(found, label):
    return frames(
        (c.start_frame, c.end_frame) for c in found.coverage.values() if label in c.label_ids
    )


def migrated(found, migration):
    return apply(found, migration.operations())[0]


@given(annotations())
def test_a_merged_label_is_marked_where_any_part_was(before):
    after = migrated(before, merged(before, [JOG], RUN, VIDEO))
    assert marked(after, {RUN}) == marked(before, {RUN, JOG})
    assert marked(after, {SIT}) == marked(before, {SIT})
    assert not marked(after, {JOG})


@given(annotations())
def test_a_merged_label_is_absent_only_where_all_parts_were_looked_for(before):
    after = migrated(before, merged(before, [JOG], RUN, VIDEO))
    looked_for = covered(before, RUN) & covered(before, JOG)
    absent = covered(after, RUN) - marked(after, {RUN})
    assert absent == looked_for - marked(before, {RUN, JOG})
    assert covered(after, SIT) == covered(before, SIT)
    assert not covered(after, JOG)


@given(annotations())
def test_what_was_marked_and_looked_for_stays_known(before):
    after = migrated(before, merged(before, [JOG], RUN, VIDEO))
    known = (marked(before, {RUN}) & covered(before, RUN)) | (
        marked(before, {JOG}) & covered(before, JOG)
    )
    assert known <= covered(after, RUN)


@given(annotations())
def test_a_merge_run_again_gives_the_same(before):
    first, second = (merged(before, [JOG], RUN, VIDEO).operations() for _ in range(2))
    assert first == second


@given(annotations())
def test_rejections_keep_their_label(before):
    after = migrated(before, merged(before, [JOG], RUN, VIDEO))
    rejected = {i: s for i, s in before.spans.items() if s.state is State.REJECTED}
    assert {i: s for i, s in after.spans.items() if s.state is State.REJECTED} == rejected


@given(annotations())
def test_parts_of_a_split_label_are_absent_where_the_whole_was(before):
    after = migrated(before, split(before, RUN, [WALK, 9], VIDEO))
    kept = [s for s in before.spans.values() if s.state is not State.REJECTED and s.label_id == RUN]
    shown = frames((s.start_frame, s.end_frame) for s in kept)
    for part in (WALK, 9):
        assert covered(after, part) == covered(before, RUN) - shown
    assert marked(after, {RUN}) == marked(before, {RUN})
    assert not [s for s in after.spans.values() if s.state is State.PROPOSED and s.label_id == RUN]


@given(annotations())
def test_retiring_takes_open_proposals_alone(before):
    after = migrated(before, retired(before, RUN))
    gone = before.spans.keys() - after.spans.keys()
    assert gone == {
        i for i, s in before.spans.items() if s.state is State.PROPOSED and s.label_id == RUN
    }
    assert after.coverage == before.coverage


def tube(name, start, end, label=SIT, state=State.ACCEPTED):
    box = Box(0, 0, 9, 9)
    return Tube(name, label, (Keyframe(start, box), Keyframe(end - 1, box)), state)


def asked(found, label, tube_id):
    """Frames of a tube on which the label was looked for, on it or with the whole video."""
    own = found.tubes[tube_id]
    everywhere = [c for c in found.coverage.values() if c.tube_id in (None, tube_id)]
    looked = frames((c.start_frame, c.end_frame) for c in everywhere if label in c.label_ids)
    return looked & set(range(own.start_frame, own.end_frame))


def test_what_was_reviewed_with_the_whole_video_says_nothing_where_a_tube_shows_the_whole():
    tubes = {t.id: t for t in (tube("a", 0, 10), tube("b", 2, 8), tube("c", 0, 12))}
    tubes["c"] = replace(tubes["c"], state=State.PROPOSED)
    spans = {"s": Span("s", "a", RUN, 3, 6, State.ACCEPTED)}
    coverage = {"v": Coverage("v", None, 0, 12, (RUN, SIT))}
    before = Annotations(0, tubes, spans, coverage)
    after = migrated(before, split(before, RUN, [WALK, 9], VIDEO))
    for part in (WALK, 9):
        assert asked(after, part, "a") == set(range(10)) - {3, 4, 5}
        assert asked(after, part, "b") == set(range(2, 8)), "it is known not to show the whole"
    assert not after.coverage_of("c"), "an open proposal is nobody's word"


def test_a_split_of_what_tubes_are_labeled_says_nothing_where_such_tubes_are():
    tubes = {"a": tube("a", 2, 5, label=RUN), "b": tube("b", 7, 9, RUN, State.REJECTED)}
    before = Annotations(0, tubes, {}, {"v": Coverage("v", None, 0, 12, (RUN,))})
    after = migrated(before, split(before, RUN, [WALK, 9], VIDEO))
    assert covered(after, WALK) == set(range(12)) - {2, 3, 4}


def test_two_that_overlap_become_one_and_a_proposal_inside_goes():
    spans = {
        "a": Span("a", None, RUN, 0, 6, State.ACCEPTED),
        "b": Span("b", None, JOG, 4, 9, State.MANUAL),
        "c": Span("c", None, JOG, 2, 8, State.PROPOSED),
    }
    after = migrated(Annotations(0, {}, spans, {}), merged(
        Annotations(0, {}, spans, {}), [JOG], RUN, VIDEO
    ))  # fmt: skip
    assert list(after.spans.values()) == [Span("a", None, RUN, 0, 9, State.MANUAL)]


def test_proposed_tubes_of_a_split_object_become_its_first_part():
    box = Keyframe(0, Box(1, 1, 9, 9))
    tubes = {
        name: Tube(name, RUN, (box,), state)
        for name, state in (("a", State.PROPOSED), ("b", State.ACCEPTED), ("c", State.REJECTED))
    }
    before = Annotations(0, tubes, {}, {})
    after = migrated(before, split(before, RUN, [WALK, SIT], VIDEO))
    assert {name: tube.label_id for name, tube in after.tubes.items()} == {
        "a": WALK, "b": RUN, "c": RUN,
    }  # fmt: skip
    assert after.tubes["a"].state is State.PROPOSED
