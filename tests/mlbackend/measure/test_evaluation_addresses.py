"""Evaluations over HTTP and through the worker: asked for, measured, read, deleted."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.models import Job, Snapshot
from mlbackend.measure import services
from mlbackend.measure.tasks import run
from mlbackend.models import Evaluation

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(as_user, teammate):
    return as_user(teammate)


def start(client, yard, **asked):
    return client.post(f"/api/projects/{yard.project.id}/evaluations", asked, format="multipart")


def done(client, yard, **asked):
    made = start(client, yard, **asked)
    assert made.status_code == 202, made.data
    run(made.data["job_id"])
    return client.get(f"/api/evaluations/{made.data['id']}").data


def test_an_evaluation_from_request_to_figures(client, reviewed):
    made = start(client, reviewed, metric="frame-map")
    assert made.data["state"] == "queued" and made.data["result"] == {}
    assert made.data["evaluator"] == "activitynet-2020"
    run(made.data["job_id"])
    found = client.get(f"/api/evaluations/{made.data['id']}").data
    assert found["state"] == "done"
    assert found["result"]["summary"]["mAP"] == 0.5
    assert set(found["result"]) == {
        *("summary", "classes", "pr_curves", "iou_curve", "confusion", "top_k", "notes")
    }
    assert Snapshot.objects.filter(hash=found["snapshot_hash"]).exists()
    assert Job.objects.get(pk=found["job_id"]).result["summary"]["mAP"] == 0.5
    listed = client.get(f"/api/projects/{reviewed.project.id}/evaluations").data
    assert [one["id"] for one in listed] == [made.data["id"]]


def test_json_is_taken_as_well(client, reviewed):
    address = f"/api/projects/{reviewed.project.id}/evaluations"
    asked = {"metric": "video-map", "evaluator": "gurkirt", "splits": ["train", "test"]}
    made = client.post(address, asked, format="json")
    assert made.data["evaluator"] == "gurkirt"
    assert made.data["params"] == {"splits": ["train", "test"], "predictions": "proposals"}


def test_splits_choose_the_videos(client, reviewed):
    reviewed.video.split = "val"
    reviewed.video.save()
    assert done(client, reviewed, metric="clips", splits=["val"])["state"] == "done"
    found = done(client, reviewed, metric="clips", splits=["test"])
    assert found["state"] == "failed" and found["result"] == {}
    job = Job.objects.get(pk=found["job_id"])
    assert job.error["code"] == "nothing_to_measure"
    assert "the chosen splits hold no video" in job.message


def test_a_file_is_measured_and_not_kept(client, reviewed, home):
    text = b"yard,2,0,0,0.15625,0.2777777777777778,14,0.9\n"
    upload = SimpleUploadedFile("../found.csv", text)
    found = done(client, reviewed, metric="frame-map", predictions="file", file=upload)
    assert found["result"]["summary"]["mAP"] == pytest.approx(0.1)
    assert found["params"]["file_name"] == "found.csv"
    assert list((home / "evaluations").iterdir()) == []


def test_what_is_wrong_with_a_file_is_said_in_the_job(client, reviewed, home):
    upload = SimpleUploadedFile("found.csv", b"yard,2,0,0,x,1,14,0.9\n")
    found = done(client, reviewed, metric="frame-map", predictions="file", file=upload)
    assert found["state"] == "failed"
    assert Job.objects.get(pk=found["job_id"]).message.startswith("found.csv, row 1")
    # It stays for another try of the job, until the evaluation is deleted.
    assert len(list((home / "evaluations").iterdir())) == 1
    assert client.delete(f"/api/evaluations/{found['id']}").status_code == 204
    assert list((home / "evaluations").iterdir()) == []
    assert client.get(f"/api/evaluations/{found['id']}").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"metric": "speed"},
        {"metric": "clips", "evaluator": "act"},
        {"metric": "clips", "predictions": "file"},
        {"metric": "clips", "splits": ["some"]},
        {},
    ],
)
def test_unknown_wishes_are_refused(client, reviewed, asked):
    assert start(client, reviewed, **asked).status_code == 400
    assert not Evaluation.objects.exists() and not Job.objects.exists()


def test_a_file_that_is_too_large_is_refused(client, reviewed, home, monkeypatch):
    monkeypatch.setattr(services, "MAX_BYTES", 3)
    upload = SimpleUploadedFile("found.csv", b"four")
    refused = start(client, reviewed, metric="clips", predictions="file", file=upload)
    assert refused.status_code == 400 and refused.data["code"] == "too_large"
    assert list((home / "evaluations").iterdir()) == []


def test_a_deleted_evaluation_ends_its_job(client, reviewed):
    made = start(client, reviewed, metric="clips").data
    client.delete(f"/api/evaluations/{made['id']}")
    run(made["job_id"])
    job = Job.objects.get(pk=made["job_id"])
    assert job.state == "failed" and "deleted meanwhile" in job.message


def test_later_work_does_not_change_what_was_measured(client, reviewed):
    made = start(client, reviewed, metric="clips").data
    services.evaluation_run(
        services.api.job_claim(made["job_id"], "one"), "one", lambda fraction, message: None
    )
    before = client.get(f"/api/evaluations/{made['id']}").data
    reviewed.commit({"op": "span_remove", "span_id": reviewed_span(reviewed)})
    assert client.get(f"/api/evaluations/{made['id']}").data == before


def reviewed_span(yard):
    return yard.span("b", "run", None)["span"]["id"]


def test_every_metric_names_its_evaluators(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ella"))
    found = {row["metric"]: row["evaluators"] for row in client.get("/api/metrics").json()}
    assert set(found) == {"clips", "frame-map", "video-map", "temporal-map"}
    assert found["frame-map"][:3] == ["activitynet-2020", "activitynet-2019", "slowfast"]


def test_metrics_name_their_evaluators_the_default_first(client):
    found = {one["metric"]: one["evaluators"] for one in client.get("/api/metrics").data}
    assert found["frame-map"][0] == "activitynet-2020" and "slowfast" in found["frame-map"]
    assert found["video-map"] == ["act", "3d-retinanet", "gurkirt"]
    assert set(found) == {"clips", "frame-map", "video-map", "temporal-map"}


def test_one_that_is_deleted_while_it_is_measured_ends_with_a_reason(client, reviewed, monkeypatch):
    upload = SimpleUploadedFile("found.csv", b"yard,2,0,0,1,1,14,0.9\n")
    made = start(client, reviewed, metric="frame-map", predictions="file", file=upload).data
    metric = services.METRICS["frame-map"]

    def evaluate(measured):
        client.delete(f"/api/evaluations/{made['id']}")
        return metric.evaluate(measured)

    monkeypatch.setitem(services.METRICS, "frame-map", replace(metric, evaluate=evaluate))
    run(made["job_id"])
    job = Job.objects.get(pk=made["job_id"])
    assert (job.state, job.error["code"]) == ("failed", "not_found")
