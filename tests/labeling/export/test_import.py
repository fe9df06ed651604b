import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labeling import revisions
from labeling.models import Revision, Video
from tests.labeling.export.test_export import ROWS, bytes_of, export

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(text=ROWS, name="labels.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def load(path, *args, name="Yard"):
    out = StringIO()
    call_command("import_labels", name, str(path), *args, stdout=out, stderr=out)
    return out.getvalue()


def counts(text, noun="tubes"):
    line = next(line for line in text.splitlines() if line.strip().startswith(f"{noun}:"))
    numbers = line.split(":")[1].split(",")
    found = {name: int(n) for n, name in (part.split() for part in numbers)}
    return {name: n for name, n in found.items() if n}


def test_an_export_comes_back_without_loss(annotated, copy, tmp_path):
    """Into another project, whose video has another ending: by its stem."""
    export(tmp_path / "one")
    text = load(tmp_path / "one" / "ava_reviewed.csv", "--merge", name="Copy")
    assert counts(text) == {"new": 2}
    assert counts(text, "spans") == {"new": 3}
    assert "created labels: run, walk, wave" in text.replace("walk, run", "run, walk")
    export(tmp_path / "two", name="Copy")
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    for name in ("ava_reviewed.csv", "excluded_timestamps.csv", "action_list.pbtxt"):
        assert one[name] == two[name], name


def test_the_same_file_again_changes_nothing(annotated, copy, tmp_path):
    export(tmp_path / "one")
    path = tmp_path / "one" / "ava_reviewed.csv"
    load(path, "--merge", name="Copy")
    before = Revision.objects.count()
    for mode in ("--dry-run", "--merge", "--replace"):
        assert counts(load(path, mode, name="Copy")) == {"unchanged": 2}
    assert Revision.objects.count() == before
    assert counts(load(path, "--merge")) == {"unchanged": 2}
    assert Revision.objects.count() == before


def test_an_import_is_one_revision_that_can_be_undone(video, file):
    text = load(file(), "--merge")
    assert "(revision 1)" in text
    revision = Revision.objects.get()
    assert (revision.origin, revision.note) == ("import", "merge of labels.csv")
    found = revisions.annotations(video.id)
    assert {tube.state for tube in found.tubes.values()} == {"manual"}
    assert sorted(tube.number for tube in found.tubes.values()) == [1, 2]
    whole = [c for c in found.coverage.values() if c.tube_id is None]
    assert [(c.start_frame, c.end_frame) for c in whole] == [(0, 85)]
    assert len(found.coverage) == 3


def test_trying_changes_nothing(video, file):
    assert counts(load(file(), "--dry-run")) == {"new": 2}
    assert not Revision.objects.exists()
    text = load(file(ROWS.replace(",14,", ",33,")), "--labels", str(label_map(file)), "--dry-run")
    assert "created labels: stroll" in text
    assert "stroll" not in video.project.labels.values_list("name", flat=True)


def label_map(file):
    entries = {33: "stroll", 69: "wave", 10: "run"}
    text = "".join(f'item {{\n  name: "{n}"\n  id: {i}\n}}\n' for i, n in entries.items())
    return file(text, "map.pbtxt")


def test_excluded_timestamps_are_not_covered(video, file):
    excluded = file("yard,2\nyard,0003\n", "excluded.csv")
    load(file(), "--excluded", str(excluded), "--merge")
    coverage = revisions.annotations(video.id).coverage.values()
    whole = sorted((c.start_frame, c.end_frame) for c in coverage if c.tube_id is None)
    assert whole == [(0, 15), (35, 85)]


def test_a_bad_row_stops_everything(video, file):
    path = file(ROWS.replace("yard,0004,0.100", "yard,0004,0.9oo"))
    with pytest.raises(CommandError, match="labels.csv, row 6: x1 is not a number: '0.9oo'"):
        load(path, "--merge")
    assert not Revision.objects.exists()
    text = load(path, "--dry-run")
    assert "row 6: x1 is not a number" in text
    assert counts(load(path, "--merge", "--skip-bad-rows")) == {"new": 2}


def test_a_row_outside_the_video_is_a_bad_row(video, file):
    path = file("yard,0902,0.1,0.1,0.3,0.5,14,1\n")
    with pytest.raises(CommandError, match="row 1: timestamp 902.*set the video's start second"):
        load(path, "--merge")
    Video.objects.filter(pk=video.pk).update(start_s=900)
    assert counts(load(path, "--merge")) == {"new": 1}


def test_an_unknown_action_is_a_bad_row(video, file):
    with pytest.raises(CommandError, match=r"row 1: action 33 \(in 6 rows\) is neither"):
        load(file(ROWS.replace(",14,", ",33,")), "--merge")


def test_the_names_of_a_label_map_count_more_than_numbers(video, file, labels):
    swapped = file('item {\n  name: "run"\n  id: 14\n}\nitem {\n  name: "Walk"\n  id: 10\n}\n',
                   "map.pbtxt")  # fmt: skip
    rows = file("yard,0001,0.1,0.1,0.3,0.5,14,1\nyard,0002,0.1,0.1,0.3,0.5,10,1\n")
    load(rows, "--labels", str(swapped), "--merge")
    spans = sorted(revisions.annotations(video.id).spans.values(), key=lambda s: s.start_frame)
    assert [span.label_id for span in spans] == [labels["run"], labels["walk"]]


def test_unknown_videos_are_reported_and_the_rest_goes_on(video, file):
    text = load(file(ROWS + "elsewhere,0001,0.1,0.1,0.3,0.5,14,1\n"), "--merge")
    assert "unknown videos: elsewhere" in text
    assert counts(text) == {"new": 2}
    with pytest.raises(CommandError, match="None of the 1 videos of labels.csv is in project"):
        load(file("elsewhere,0001,0.1,0.1,0.3,0.5,14,1\n"), "--merge")


@pytest.mark.parametrize("name", ["", "pixels", "scores"])
def test_files_of_another_kind_are_explained(video, file, name):
    text, words = {
        "": ("", "has no rows"),
        "pixels": ("yard,0001,64,36,192,180,14,1\n", "seem to be in pixels"),
        "scores": ("yard,0001,0.1,0.1,0.3,0.5,14,0.75\n", "looks like a score"),
    }[name]
    with pytest.raises(CommandError, match=words):
        load(file(text), "--merge")
    assert not Revision.objects.exists()


def test_pixels_can_be_read(video, file):
    load(file("yard,0001,64,36,192,180,14,1\n"), "--coordinates", "pixels", "--merge")
    (tube,) = revisions.annotations(video.id).tubes.values()
    assert tube.keyframes[0].box.as_list() == pytest.approx([64, 36, 192, 180])


def test_merging_keeps_what_a_person_did_otherwise(hand, file):
    """Person 1 was drawn elsewhere: the file's version is a conflict, person 2 is new."""
    drawn = hand.tube(0, 50, box=[300, 100, 400, 200])
    text = load(file(), "--merge")
    assert counts(text) == {"new": 1, "conflict": 1}
    assert "conflict: person 1 was drawn or decided on otherwise here" in text
    assert hand.now().tubes[drawn].keyframes[0].box.x1 == 300


def test_replacing_makes_it_the_file(annotated, file, tmp_path):
    stranger = annotated.tube(3, 9)
    changed = file(ROWS.replace("0.500,0.100,0.700", "0.600,0.100,0.800"))
    before = Revision.objects.count()
    text = load(changed, "--replace")
    assert counts(text) == {"changed": 1, "unchanged": 1, "removed": 1}
    assert Revision.objects.count() == before + 1
    assert stranger not in annotated.now().tubes
    export(tmp_path / "out")
    assert bytes_of(tmp_path / "out")["ava_reviewed.csv"].decode() == changed.read_text()


def test_a_proposal_of_the_same_number_gives_way(hand, file, tmp_path):
    """It keeps what was proposed; the file's boxes and actions count."""
    run_id = str(uuid.uuid4())
    proposed = hand.tube(2, 40, box=[60, 30, 180, 170], origin="run", run_id=run_id)
    same = hand.span(proposed, "walk", 0, 51, origin="run", run_id=run_id)
    other = hand.span(proposed, "run", 5, 9, origin="run", run_id=run_id)
    assert counts(load(file(), "--merge")) == {"new": 1, "changed": 1}
    now = hand.now()
    assert (now.tubes[proposed].state, now.tubes[proposed].number) == ("corrected", 1)
    assert now.tubes[proposed].proposed["keyframes"][0]["frame"] == 2
    assert now.spans[same].state == "accepted"
    assert other not in now.spans
    export(tmp_path / "out")
    assert bytes_of(tmp_path / "out")["ava_reviewed.csv"].decode() == ROWS


@pytest.mark.parametrize("decision", ["rejected", "accepted"])
def test_a_proposal_on_which_somebody_decided_stays(hand, file, decision):
    """The person is still proposed, but somebody said what they do not do, or do."""
    run_id = str(uuid.uuid4())
    proposed = hand.tube(0, 50, number=1, origin="run", run_id=run_id)
    span = hand.span(proposed, "run", 5, 9, origin="run", run_id=run_id)
    hand.commit({"op": "span_decide", "span_id": span, "decision": decision})
    assert counts(load(file(), "--merge")) == {"new": 1, "conflict": 1}
    assert hand.now().spans[span].state == decision
    assert hand.now().tubes[proposed].state == "proposed"


def test_boxes_without_person_ids_are_recognized_again(hand, file):
    rows = "".join(line.rsplit(",", 1)[0] + "\n" for line in ROWS.splitlines())
    assert counts(load(file(rows), "--merge")) == {"new": 9}
    assert counts(load(file(rows), "--merge")) == {"unchanged": 9}


def test_a_published_file_is_read_but_for_its_damaged_row(video, shared_data):
    """Row 16 of the public copy ends in '3_'; the clip is AVA's cut from 900 s."""
    import numpy as np

    from labeling.domain.timebase import Timebase

    video.external_id, video.start_s = "1j20qq1JyX4", 900
    video.set_timebase(Timebase((1, 1), np.arange(900), 900))
    video.save()
    folder = shared_data / "ava"
    args = ["--labels", str(folder / "ava_action_list_v2.2.pbtxt")]
    path = folder / "ava_val_v2.2_excerpt_80rows.csv"
    with pytest.raises(CommandError, match="row 16: column 8, the person id"):
        load(path, *args, "--merge")
    text = load(path, *args, "--merge", "--skip-bad-rows")
    assert counts(text)["new"] > 10
    assert "conflict" not in counts(text)
    again = counts(load(path, *args, "--merge", "--skip-bad-rows"))
    assert again == {"unchanged": counts(text)["new"]}


def test_an_exported_archive_comes_back_whole(annotated, copy, tmp_path):
    """With its label list and what it says was not reviewed; another state's rows stay inside."""
    import shutil

    export(tmp_path / "one")
    archive = shutil.make_archive(str(tmp_path / "labels"), "zip", tmp_path / "one")
    text = load(archive, "--merge", name="Copy")
    assert counts(text) == {"new": 2} and "stands unchanged in the folder" in text
    export(tmp_path / "two", name="Copy")
    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    assert one["ava_reviewed.csv"] == two["ava_reviewed.csv"]
    assert one["excluded_timestamps.csv"] == two["excluded_timestamps.csv"]


def test_labels_are_mapped_and_named_videos_filled_by_command(video, file, labels):
    rows = file("elsewhere,0001,0.1,0.1,0.3,0.5,33,1\n")
    text = load(rows, "--merge", "--map", "33=run", "--video", "yard.mp4")
    assert counts(text) == {"new": 1}
    (span,) = revisions.annotations(video.id).spans.values()
    assert span.label_id == labels["run"]
    with pytest.raises(CommandError, match="--map takes"):
        load(rows, "--merge", "--map", "33")
    with pytest.raises(CommandError, match="has 0 videos called 'field'"):
        load(rows, "--merge", "--video", "field")
