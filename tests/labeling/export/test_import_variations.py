"""AVA-style files as they really are: read, and what was assumed is said."""

import pickle
import uuid

import numpy as np
import pytest

from labeling import revisions
from labeling.domain.timebase import Timebase
from labeling.export import linking
from labeling.export.import_source import ImportFiles
from labeling.export.imports import labels_import, options_of
from labeling.models import Video
from mlbackend.propose.link_sparse import link_sparse

pytestmark = pytest.mark.django_db

BOX = "0.1,0.1,0.3,0.5"
ROW = f"yard,0001,{BOX},14,1\n"


@pytest.fixture
def load(project, tmp_path):
    def run(content, mode="merge", name="labels.csv", **params):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        beside = {}
        for role in ("labels", "excluded"):
            if role in params:
                beside[role] = tmp_path / f"{role}.txt"
                beside[role].write_text(params.pop(role))
        files = ImportFiles(path, name, **beside)
        return labels_import(
            project=project, files=files, options=options_of({"mode": mode, **params})
        )

    return run


def new_video(project, name, seconds=10, **more):
    made = Video(project=project, name=name, state="ready", sha256=uuid.uuid4().hex * 2,
                 width=640, height=360, **more)  # fmt: skip
    made.set_timebase(Timebase((1, 10), np.arange(10 * seconds), 10 * seconds))
    made.save()
    return made


def frames(video):
    tubes = revisions.annotations(video.id).tubes.values()
    return sorted([k.frame for k in tube.keyframes] for tube in tubes)


def said(report, words):
    return any(words in text for text in report["assumptions"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("video_id,timestamp,x1,y1,x2,y2,action_id,person_id\n" + ROW, "first line is a header"),
        ("\ufeff" + ROW.replace("\n", "\r\n"), ""),
        (ROW.replace(",", "\t"), "separated by tabs"),
        (" yard , 0001 , 0.1, 0.1 ,0.3,0.5 , 14, 1", ""),
        (f"yard,1,{BOX},14,1", ""),
        (f"yard,1.000000,{BOX},14,1", ""),
        (f"yard,000001,{BOX},14,1", "read as seconds; if they are numbers of frames"),
        ("yard,0001,0.1000000000000001,1e-1,.3,0.500000,14,1", ""),
        (f"yard,0001,{BOX},14", "Rows have no person ids"),
        (f"yard,0001,{BOX},14,-1", "Rows have no person ids"),
        (f"yard,0001,{BOX},14,1.0000", "Column 8 is 1 with decimals in every row"),
        (f"yard,0001,{BOX},,0.979", "Column 7 is empty and column 8 a score"),
        (f"\n{ROW}\n\n{ROW}", ""),
    ],
)
def test_a_variation_is_read_and_said(load, video, text, words):
    report = load(text)
    assert (report["format"], report["error_count"], report["tubes"]["new"]) == ("ava", 0, 1)
    assert said(report, words)
    assert frames(video) == [[10]]
    assert load(text)["tubes"]["unchanged"] == 1


def test_numbers_of_frames_are_read_at_the_rate_given(load, video):
    text = "".join(f"yard,{frame:06d},{BOX},14,1\n" for frame in (25, 50))
    report = load(text, frame_rate="25")
    assert said(report, "numbers of frames at the rate given")
    assert frames(video) == [[10, 20]]


def test_an_id_that_all_share_is_not_trusted(load, video):
    rows = [f"yard,{t},{x},0.1,{x + 0.2:.1f},0.5,14,1\n" for t in range(1, 5) for x in (0.1, 0.6)]
    report = load("".join(rows))
    assert said(report, "gives different people one person id")
    assert report["tubes"]["new"] == 8


def test_rows_in_any_order_are_one_person(load, video):
    rows = [f"yard,{t},{BOX},{action},1\n" for action in (14, 10) for t in (3, 1, 2)]
    assert load("".join(rows))["tubes"]["new"] == 1
    assert frames(video) == [[10, 20, 30]]


@pytest.mark.parametrize(
    "labels",
    [
        "label_id,label_name,label_type\n0,stand up,PERSON_MOVEMENT\n",
        "0: stand up\n",
        'item {\n  name: "stand up"\n}\n',
    ],
)
def test_ids_may_count_from_0_where_a_list_says_so(load, project, video, labels):
    report = load(f"yard,0001,{BOX},0,1\n", labels=labels)
    assert report["created_labels"] == ["stand up"]
    assert project.labels.get(name="stand up").ava_id is None


def test_the_json_of_slowfast_counts_from_0_and_its_rows_from_1(load, project, video):
    report = load(f"yard,0001,{BOX},2,1\n", labels='{"walk": 0, "stand up": 1}')
    assert report["created_labels"] == ["stand up"]
    assert project.labels.get(name="stand up").ava_id == 2


def test_names_that_are_nearly_there_are_suggested(load, video):
    report = load(f"yard,0001,{BOX},5,1\n", mode="dry-run", labels="5: walking\n")
    (label,) = report["labels"]
    assert (label["action"], label["suggestions"]) == ("create", ["walk"])


def test_kinetics_keyframes_go_to_the_clip_that_holds_them(load, project):
    """Two clips of one movie; a keyframe without people is known to be empty."""
    first = new_video(project, "abc_000017_000027.mp4")
    second = new_video(project, "abc_000100_000110.mp4")
    text = (
        f"abc,17.000000,{BOX},14\nabc,20.016949,{BOX},14\nabc,103.500000\nabc,400.000000,{BOX},14\n"
    )
    report = load(text)
    assert (report["format"], report["unknown_videos"]) == ("ava-kinetics", ["abc"])
    assert frames(first) == [[0], [30]]
    assert frames(second) == []
    covered = revisions.annotations(second.id).coverage.values()
    assert [(c.start_frame, c.end_frame) for c in covered] == [(30, 40)]
    whole = [c for c in revisions.annotations(first.id).coverage.values() if c.tube_id is None]
    assert [(c.start_frame, c.end_frame) for c in whole] == [(0, 5), (26, 36)]


def test_every_keyframe_of_ava_kinetics_has_its_place(shared_data, project, tmp_path, load):
    lines = (shared_data / "ava_kinetics/kinetics_val_v1.0.csv").read_text().splitlines()[:400]
    wanted = {line.split(",")[0]: float(line.split(",")[1]) for line in lines}
    for key, at in wanted.items():
        start = max(int(at) - 5, 0)
        new_video(project, f"{key}_{start:06d}_{start + 10:06d}.mp4")
    text = "\n".join(lines)
    labels = (shared_data / "ava/ava_action_list_v2.2.pbtxt").read_text()
    report = load(text, labels=labels)
    boxes = {tuple(line.split(",")[:6]) for line in lines if line.count(",") > 1}
    assert report["error_count"] == 0
    assert report["tubes"]["new"] == len(boxes)
    assert load(text, labels=labels)["tubes"]["unchanged"] == len(boxes)


def test_boxes_of_mmaction_are_people_without_actions(load, video):
    boxes = np.array([[0.1, 0.1, 0.3, 0.5, 0.9], [0.6, 0.1, 0.9, 0.5, 0.8]])
    content = pickle.dumps({"yard,0001": boxes, "yard,0002": boxes[:1]})
    report = load(content, name="boxes.pkl")
    assert (report["format"], report["tubes"]["new"], report["spans"]["new"]) == ("ava", 3, 0)
    assert not revisions.annotations(video.id).coverage


def test_boxes_are_linked_on_request(load, video, monkeypatch):
    monkeypatch.setattr(linking, "linker", link_sparse)
    rows = [f"yard,{t},{x:.2f},0.1,{x + 0.2:.2f},0.5,14\n"
            for t in range(1, 5) for x in (0.1 + t / 50, 0.6)]  # fmt: skip
    alone = load("".join(rows), mode="dry-run")
    assert alone["tubes"]["new"] == 8 and said(alone, "is a person of its own")
    report = load("".join(rows), link=True)
    assert said(report, "Rows have no person ids.") and not said(report, "person of its own")
    assert (report["tubes"]["new"], report["spans"]["new"]) == (2, 2)
    assert said(report, "8 boxes without person ids were linked into 2 tubes")
    assert frames(video) == [[10, 20, 30, 40]] * 2
    assert load("".join(rows), link=True)["tubes"]["unchanged"] == 2


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("column, words", [
    ({"eighth_column": "ignore"}, "Column 8 does not tell people apart"),
    ({}, "Column 8 gives different people one person id"),
])  # fmt: skip
def test_what_becomes_of_boxes_is_said_as_it_is(load, video, monkeypatch, link, column, words):
    monkeypatch.setattr(linking, "linker", link_sparse)
    rows = [f"yard,{t},{x},0.1,{x + 0.2:.1f},0.5,14,1\n"
            for t in range(1, 8) for x in (0.1, 0.4, 0.7)]  # fmt: skip
    report = load("".join(rows), mode="dry-run", link=link, **column)
    assert said(report, words) and bool(said(report, "person of its own")) is not link


def test_a_person_drawn_here_is_not_brought_twice(load, hand):
    """Under another number, or under none: where somebody was drawn, the file is a conflict."""
    drawn = hand.tube(0, 50, box=[64, 36, 200, 180], number=4)
    for text in (ROW.replace(",1\n", ",9\n"), f"yard,0001,{BOX},14\n"):
        report = load(text)
        assert (report["tubes"]["conflict"], report["tubes"]["new"]) == (1, 0)
        (conflict,) = report["videos"]["yard.mp4"]["conflicts"]
        assert "is where person 4 was drawn" in conflict
    assert list(hand.now().tubes) == [drawn]
    assert load("yard,0001,0.6,0.1,0.9,0.5,14,9\n")["tubes"]["new"] == 1


def test_boxes_of_a_known_person_are_known_without_its_id(load, video):
    rows = [f"yard,{t},{BOX},14,1\n" for t in (1, 2, 3)]
    load("".join(rows))
    report = load("".join(row.rsplit(",", 1)[0] + "\n" for row in rows))
    assert (report["tubes"]["unchanged"], report["revision"]) == (3, None)


def test_a_video_may_be_named(load, project, video):
    other = new_video(project, "field.mp4")
    assert load(ROW, video_id=str(other.id))["tubes"]["new"] == 1
    assert frames(other) == [[10]] and frames(video) == []


def test_a_missing_label_map_entry_may_be_mapped(load, video, labels):
    report = load(f"yard,0001,{BOX},33,1\n", mapping={"33": "run"})
    assert report["error_count"] == 0
    (span,) = revisions.annotations(video.id).spans.values()
    assert span.label_id == labels["run"]


REFUSED = {
    "ava_test_v2.2.txt": "not_annotations",
    "ava_included_timestamps_v2.2.txt": "not_annotations",
    "excluded_timestamps": "not_annotations",
    "custom_aml_slowfast": "pixel_coordinates",
    "datumaro_ava_default": "pixel_coordinates",
}


def test_every_real_file_is_read_or_refused_for_a_true_reason(shared_data, project, load):
    """Every video that a file names is here, and as long as AVA's."""
    from labeling.domain.errors import InvalidInput
    from labeling.formats.ava import AvaRow, Eighth, read_rows

    read = 0
    listed = [shared_data / "ava" / name for name in REFUSED if name.endswith(".txt")]
    for path in [*listed, *sorted((shared_data / "ava").rglob("*.csv"))]:
        if "action_list" in path.name:
            continue
        for video in project.videos.all():
            video.delete()
        content = path.read_bytes()
        refused = next((code for part, code in REFUSED.items() if part in path.name), None)
        if refused:
            with pytest.raises(InvalidInput) as error:
                load(content)
            assert error.value.code == refused, path.name
            continue
        rows = read_rows(content.decode().splitlines(keepends=True), eighth=Eighth.IGNORE)
        first = next(row for row in rows if isinstance(row, AvaRow))
        new_video(project, f"{first.video}.mp4", seconds=2000)
        labels = (shared_data / "ava/ava_action_list_v2.2.pbtxt").read_text()
        report = load(content, mode="dry-run", labels=labels)
        if any(name in path.name for name in ("detections", "result", "pred")):
            # Predictions are no annotations; whoever wants them says what column 8 is.
            assert "looks like a score" in report["errors"][0]["reason"], path.name
            report = load(content, mode="dry-run", labels=labels, eighth_column="score")
        assert report["tubes"]["new"] > 0, path.name
        read += 1
    assert read > 8


def test_no_row_of_a_long_file_is_lost(load, project):
    """What is looked at first to tell the layout is read like the rest."""
    new_video(project, "yard.mp4", seconds=900)
    text = "".join(f"yard,{second:04d},{BOX},14,{person}\n"
                   for person in range(3) for second in range(900))  # fmt: skip
    assert load(text, mode="dry-run")["rows"] == 2700
