"""Whatever a client sends as operations is answered with a sentence, and changes nothing."""

import json
import uuid

import pytest

from labeling.models import Revision

pytestmark = pytest.mark.django_db

INF = float("inf")
SPAN = {"id": str(uuid.uuid4()), "tube_id": None, "label_id": 1, "start_frame": 0, "end_frame": 5}


def tube(**fields):
    box = {"frame": 0, "box": [0, 0, 9, 9]}
    return {"id": str(uuid.uuid4()), "label_id": "PERSON", "keyframes": [box], **fields}


def restored(**fields):
    return {"op": "restore", "tubes": [tube(**fields)]}


BAD = {
    "name is no text": {"op": {"x": 1}},
    "no name": {},
    "removed is a list": {"op": "restore", "removed": [1]},
    "removed is null": {"op": "restore", "removed": None},
    "tubes is null": {"op": "restore", "tubes": None},
    "infinite frame": {"op": "tube_add", "tube": tube(keyframes=[{"frame": INF, "box": [0] * 4}])},
    "infinite label": {"op": "tube_add", "tube": tube(label_id=INF)},
    "infinite start": {"op": "span_add", "span": {**SPAN, "start_frame": INF}},
    "infinity in what nobody reads": {"op": "tube_add", "tube": tube(), "note": INF},
    "NUL in what nobody reads": {"op": "tube_add", "tube": tube(), "note": "\0"},
    "number too large": {"op": "tube_add", "tube": tube(number=2**70)},
    "number is text": {"op": "tube_add", "tube": tube(number="first")},
    "number is a list": {"op": "tube_add", "tube": tube(number=[1])},
    "half a number": {"op": "tube_add", "tube": tube(number=1.5)},
    "negative number": {"op": "tube_add", "tube": tube(number=-1)},
    "infinite score": restored(score=INF),
    "score is text": restored(score="high"),
    "run is no id": restored(run_id="first"),
    "proposed is a list": restored(proposed=[1]),
    "id is no id": restored(id="first"),
    "tube of a span is an object": {"op": "restore", "spans": [{**SPAN, "tube_id": {}}]},
    "labels of coverage nested": {"op": "coverage_add", "coverage": {**SPAN, "label_ids": [[1]]}},
}


def send(client, video, operation, base_revision=0):
    body = {"commit_id": str(uuid.uuid4()), "base_revision": base_revision}
    text = json.dumps({**body, "operations": [operation]}).replace("Infinity", "1e999")
    url = f"/api/videos/{video.id}/commits"
    return client.post(url, text, content_type="application/json")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_operation_is_answered(name, as_user, owner, video, labels):
    text = json.dumps(BAD[name]).replace('"PERSON"', str(labels["person"]))
    answer = send(as_user(owner), video, json.loads(text))
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_operation"
    assert not Revision.objects.exists()


@pytest.mark.parametrize("base", [1, 2**70])
def test_a_base_that_is_still_to_come_is_a_conflict(base, as_user, owner, video, labels):
    add = {"op": "tube_add", "tube": tube(label_id=labels["person"])}
    assert send(as_user(owner), video, add, base).status_code == 409
    assert not Revision.objects.exists()
