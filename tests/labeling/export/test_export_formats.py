"""Every format that is written, from the same project: files, manifest, what is lost."""

import csv
import io
import json
import uuid
import zipfile

import pytest

from labeling.export import services, tasks
from labeling.export.archive import is_plain
from labeling.export.options import ExportOptions
from labeling.export.writers import writers
from labeling.formats.dataset import BadRow, ReadOptions
from labeling.formats.registry import FORMATS
from labeling.models import Export, Job, Video
from tests.labeling.export.conftest import Annotator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

WRITTEN = sorted(writers())
HOSTILE = ["../../etc/cron.d/x", "=cmd|' /C calc'!A0", "/a\\b\tünïcödé 视频"]


@pytest.fixture
def full(annotated, project):
    """Two people, a dog, a segment, a class, somebody hidden and away, on two videos."""
    from labeling.teams.services import label_create

    made = [("object", "dog"), ("video_class", "sunny"), ("segment", "rain")]
    for kind, name in made:
        annotated.labels[name] = label_create(project=project, kind=kind, name=name).id
    second = Video(
        project=project, name="street.mp4", state="ready", split="val", sha256="5" * 64,
        width=640, height=360, external_id="street", start_s=30.0,
    )  # fmt: skip
    second.set_timebase(annotated.video.timebase())
    second.save()
    for hand in (annotated, Annotator(second, annotated.labels)):
        tube_id = str(uuid.uuid4())
        keyframes = [
            {"frame": 0, "box": [0, 0, 64, 36]},
            {"frame": 20, "box": [10, 0, 74, 36], "outside": True},
            {"frame": 40, "box": [20, 8, 84, 44], "occluded": True},
            {"frame": 60, "box": [40, 8, 104, 44]},
        ]
        tube = {"id": tube_id, "label_id": annotated.labels["dog"], "keyframes": keyframes}
        hand.commit({"op": "tube_add", "tube": tube})
        hand.span(tube_id, "run", 5, 55)
        hand.span(None, "rain", 10, 50)
        hand.span(None, "sunny", 0, 100)
    return project


def written(project, format_name, folder, **options):
    done = services.export_to_folder(
        project=project, format_name=format_name, options=ExportOptions(**options), target=folder
    )
    return done.manifest


def plain_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("format_name", WRITTEN)
def test_every_format_has_a_manifest_and_the_same_bytes_again(full, tmp_path, format_name):
    manifest = written(full, format_name, tmp_path / "one")
    files = plain_files(tmp_path / "one")
    assert set(manifest["files"]) == set(files) - {"manifest.json"} != set()
    assert manifest["format"] == format_name and manifest["counts"]["videos"] == 2
    assert {row["name"] for row in manifest["reviewed_by"]} == {"yard.mp4", "street.mp4"}
    written(full, format_name, tmp_path / "two")
    assert plain_files(tmp_path / "two") == files


@pytest.mark.parametrize("format_name", WRITTEN)
def test_it_is_made_by_a_job_and_downloaded(full, as_user, owner, format_name):
    client = as_user(owner)
    made = client.post(
        f"/api/projects/{full.id}/exports", {"format": format_name}, format="json"
    ).json()
    tasks.run_export(made["job_id"])
    job = Job.objects.get(pk=made["job_id"])
    assert (job.state, job.error) == ("done", None)
    (listed,) = client.get(f"/api/projects/{full.id}/exports").json()
    assert listed["lost"] == job.result["lost"]
    answer = client.get(listed["download_url"])
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {*manifest["files"], "manifest.json"}
        assert all(is_plain(name) for name in archive.namelist())


@pytest.mark.parametrize("format_name", WRITTEN)
def test_nothing_that_was_reviewed_is_dropped_in_silence(full, tmp_path, format_name):
    """What a format has a place for is in its files; the rest is counted as lost."""
    if format_name in FORMATS:
        manifest = written(full, format_name, tmp_path / "out")
        counts, lost = manifest["counts"], manifest["lost"]
        assert counts["segments"] + lost.get("segments", 0) == 2
        assert counts["video_classes"] + lost.get("video classes", 0) == 2
        assert ("actions" in lost) or counts["spans"] >= 5
        assert ("tubes" in lost) or counts["tubes"] >= 4


@pytest.mark.parametrize("format_name", sorted(set(WRITTEN) & set(FORMATS)))
def test_what_was_not_reviewed_is_beside_it(full, tmp_path, format_name):
    written(full, format_name, tmp_path / "out")
    with (tmp_path / "out" / "excluded_ranges.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["video"], r["start_frame"], r["end_frame"], r["start_s"]) for r in rows] == [
        ("street", "0", "100", "0.000000"), ("yard", "70", "100", "7.000000"),
    ]  # fmt: skip


@pytest.mark.parametrize("format_name", sorted(set(WRITTEN) & set(FORMATS)))
def test_what_is_written_is_read_by_the_same_format(full, tmp_path, format_name):
    read = FORMATS[format_name].read
    if read is None:
        return
    # Of one action: JHMDB's clips have no more.
    written(full, format_name, tmp_path / "out", splits=frozenset({"val"}))
    for name in ("manifest.json", "excluded_ranges.csv"):
        (tmp_path / "out" / name).unlink()
    found = list(read(_source(tmp_path / "out"), ReadOptions()))
    assert not [entry for entry in found if isinstance(entry, BadRow)]


def _source(folder):
    """The file, where there is only one; else the folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return files[0] if len(files) == 1 else folder


@pytest.mark.parametrize("format_name", WRITTEN)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_leads_nowhere_and_runs_nothing(full, tmp_path, format_name, name):
    Video.objects.filter(project=full, name="street.mp4").update(external_id=name)
    written(full, format_name, tmp_path / "deep" / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "home"}
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}
    for path in (tmp_path / "deep" / "out").rglob("*.csv"):
        with path.open(newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]


def test_the_formats_say_what_they_hold(as_user, stranger):
    formats = {f["name"]: f for f in as_user(stranger).get("/api/formats").json()}
    assert {"ava", "ava-kinetics", "tubelab", *FORMATS} == set(formats)
    assert formats["ava"]["reads"] and formats["ava"]["writes"]
    assert {"tubes", "actions", "person numbers"} <= set(formats["ava"]["holds"])
    assert "person numbers" not in formats["ava-kinetics"]["holds"]
    assert len(formats["tubelab"]["holds"]) == 10 and formats["tubelab"]["accepts"] == [".zip"]


def test_a_preview_makes_nothing(full, as_user, owner, teammate):
    url = f"/api/projects/{full.id}/exports/preview"
    found = as_user(teammate).post(url, {"format": "ava"}, format="json")
    assert found.status_code == 200
    assert found.json() == {
        "videos": 2, "tubes": 4, "spans": 5, "segments": 2, "video_classes": 2, "reviewed_s": 7.0,
        "lost": {
            "keyframes": 4, "object labels": 2, "occlusion": 2, "segments": 2, "video classes": 2,
        },
    }  # fmt: skip
    assert not Export.objects.exists() and not Job.objects.exists()
    refused = as_user(teammate).post(url, {"format": "ava", "label_ids": [10**6]}, format="json")
    assert refused.status_code == 400 and "is not in project" in refused.json()["message"]


def test_filters_are_sent_as_json(full, as_user, owner):
    video = Video.objects.get(project=full, name="street.mp4")
    labels = {label.name: label.id for label in full.labels.all()}
    sent = {
        "format": "ava", "state": "all", "splits": ["val"], "video_ids": [str(video.id)],
        "label_ids": [labels["run"]], "as_of": "2100-01-01T00:00:00+02:00",
        "changed_since": "2001-01-01T00:00:00Z", "rate_hz": 2,
    }  # fmt: skip
    made = as_user(owner).post(f"/api/projects/{full.id}/exports", sent, format="json")
    assert (made.status_code, made.json()["lost"]) == (202, {})
    tasks.run_export(made.json()["job_id"])
    job = Job.objects.get(pk=made.json()["job_id"])
    assert job.result["counts"]["videos"] == 1 and job.result["counts"]["rows"] == 6
    assert job.params["as_of"] == "2099-12-31T22:00:00+00:00"
    for wrong in ({"splits": ["all"]}, {"video_ids": ["x"]}, {"as_of": "soon"}, {"format": "x"}):
        url = f"/api/projects/{full.id}/exports"
        assert as_user(owner).post(url, wrong, format="json").status_code == 400


def test_ava_kinetics_has_keyframes_where_nobody_acts(full, tmp_path):
    annotated = Annotator(Video.objects.get(name="yard.mp4"), {})
    annotated.labels = {label.name: label.id for label in full.labels.all()}
    annotated.span(annotated.tube(33, box=[0, 0, 64, 36]), "wave", 33, 34)
    annotated.cover(85, 86)
    written(full, "ava-kinetics", tmp_path / "out")
    lines = (tmp_path / "out" / "ava_kinetics_reviewed_train.csv").read_text().splitlines()
    assert lines[0] == "yard,0.000000,0.100000,0.100000,0.300000,0.500000,14"
    assert "yard,3.300000,0.000000,0.000000,0.100000,0.100000,69" in lines
    assert "yard,8.500000" in lines and "yard,9.000000" not in lines
    assert {len(line.split(",")) for line in lines} == {2, 7}
    times = [float(line.split(",")[1]) for line in lines]
    assert times == sorted(times)
