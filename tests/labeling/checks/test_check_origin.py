"""Whatever a check is told to do, it changes nothing but what is planted."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeling import revisions
from labeling.domain.errors import HumanWorkProtected, TubelabError
from labeling.models import PlantedProposal, Revision
from labeling.models.revision import Origin
from labeling.planted import planted_in
from tests.labeling.checks.conftest import keyframes, new_id

pytestmark = pytest.mark.django_db


def operations_on(tubes, spans, covered, labels, registered):
    """A strategy for any operation on what is there, and for adding what is registered or not."""
    tube, span = st.sampled_from(tubes), st.sampled_from(spans)
    decision = st.sampled_from(["accepted", "rejected", "proposed"])
    frame = st.integers(0, 60)
    new = st.sampled_from([registered, new_id()])

    def tube_of(object_id):
        return {"id": object_id, "label_id": labels["person"], "keyframes": keyframes([0, 0, 9, 9])}

    def span_of(object_id, tube_id):
        made = {"id": object_id, "tube_id": tube_id, "label_id": labels["wave"]}
        return made | {"start_frame": 0, "end_frame": 9}

    return st.one_of(
        st.builds(lambda t: {"op": "tube_remove", "tube_id": t}, tube),
        st.builds(lambda s: {"op": "span_remove", "span_id": s}, span),
        st.builds(lambda t, d: {"op": "tube_decide", "tube_id": t, "decision": d}, tube, decision),
        st.builds(lambda s, d: {"op": "span_decide", "span_id": s, "decision": d}, span, decision),
        st.builds(
            lambda t, f: {"op": "keyframe_set", "tube_id": t, "frame": f, "box": [1, 1, 5, 5]},
            tube, frame,
        ),
        st.builds(lambda t, o: {"op": "tube_merge", "tube_id": t, "other_id": o}, tube, tube),
        st.builds(
            lambda t, f: {"op": "tube_trim", "tube_id": t, "start_frame": 0, "end_frame": f},
            tube, frame,
        ),
        st.builds(lambda c: {"op": "coverage_remove", "coverage_id": c}, st.sampled_from(covered)),
        st.builds(lambda i: {"op": "tube_add", "tube": tube_of(i)}, new),
        st.builds(lambda i, t: {"op": "span_add", "span": span_of(i, t)}, new, tube),
        st.builds(lambda t: {"op": "restore", "removed": {"tubes": [t]}}, tube),
    )  # fmt: skip


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_check_changes_nothing_else(
    data, project, video, labels, real, planted_tube, planted_span
):
    with transaction.atomic():
        _one_example(data, project, video, labels)
        transaction.set_rollback(True)


def _one_example(data, project, video, labels):
    registered = new_id()
    PlantedProposal.objects.create(
        project=project, video=video, kind="tube", object_id=registered, what="to come"
    )
    before = revisions.annotations(video.id)
    planted = planted_in(video.id, before)
    one = operations_on(
        list(before.tubes), list(before.spans), list(before.coverage), labels, registered
    )
    operations = data.draw(st.lists(one, min_size=1, max_size=4))
    count = Revision.objects.count()
    try:
        revisions.commit(video_id=video.id, operations=operations, origin=Origin.CHECK)
    except TubelabError:
        assert Revision.objects.count() == count
    after = revisions.annotations(video.id)
    assert _others(planted, after, registered) == _others(planted, before, registered)
    for kind in ("tubes", "spans"):
        for item_id, item in getattr(after, kind).items():
            known = getattr(before, kind).get(item_id)
            assert known is None or known == item, "what is planted is never changed, only removed"


def _others(planted, found, registered):
    """All but planted objects and those just planted."""
    rest = planted.without(found)
    return (
        {i: t for i, t in rest.tubes.items() if i != registered},
        {i: s for i, s in rest.spans.items() if s.tube_id != registered},
        rest.coverage,
    )


def test_a_check_that_is_told_to_do_more_does_nothing(video, real, planted_tube):
    both = [{"op": "tube_remove", "tube_id": tube} for tube in (planted_tube, real)]
    with pytest.raises(HumanWorkProtected, match="it was not planted"):
        revisions.commit(video_id=video.id, operations=both, origin=Origin.CHECK)
    assert planted_tube in revisions.annotations(video.id).tubes
