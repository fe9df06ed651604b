"""Files of any format on their way in: tubes, segments and classes, merged, replaced, undone."""

import uuid
from dataclasses import replace
from fractions import Fraction

import pytest

from labeling import revisions
from labeling.domain.errors import Conflict, InvalidInput
from labeling.export import import_formats, imports
from labeling.export.import_source import ImportFiles
from labeling.export.imports import labels_import, options_of
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileSpan,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Unit,
)
from labeling.models import Label, Revision

pytestmark = pytest.mark.django_db

BOX, MOVED = (64.0, 36.0, 192.0, 180.0), (300.0, 36.0, 428.0, 180.0)
WALKER = FileTube(
    (FileBox(0, BOX), FileBox(50, MOVED, occluded=True)), 1, spans=(FileSpan("walk", 0, 30),)
)
SEGMENTS = (FileSpan("crowded", 10, 40), FileSpan("empty", 60, 80))
VIDEO = FileVideo("yard", tubes=(WALKER,), segments=SEGMENTS, classes=(FileSpan("outdoors"),))


@pytest.fixture
def load(project, tmp_path, monkeypatch):
    """`load(*entries)` imports a file of a format that says exactly these."""

    def run(*entries, mode="merge", holds=frozenset(Holds), **params):
        made = Format("test", "Test", read=lambda path, options: iter(entries), holds=holds)
        monkeypatch.setitem(import_formats.FORMATS, "test", made)
        monkeypatch.setattr(import_formats, "READABLE", [*import_formats.READABLE, "test"])
        path = tmp_path / "labels.test"
        path.write_text("anything")
        return labels_import(
            project=project, files=ImportFiles(path, "labels.test"),
            options=options_of({"mode": mode, "format": "test", **params}),
        )  # fmt: skip

    return run


def outcome(report, noun="spans"):
    return {name: n for name, n in report[noun].items() if n}


def named(hand):
    names = dict(Label.objects.values_list("id", "name"))
    spans = hand.now().spans.values()
    return sorted((names[s.label_id], s.start_frame, s.end_frame, str(s.state)) for s in spans)


ALL = [
    ("crowded", 10, 40, "manual"), ("empty", 60, 80, "manual"), ("outdoors", 0, 100, "manual"),
    ("walk", 0, 30, "manual"),
]  # fmt: skip


def test_everything_comes_in_as_one_revision_and_goes_again(load, hand, project):
    report = load(VIDEO, Note("Frames count from 0."), BadRow(7, "is odd"), skip_bad_rows=True)
    assert (outcome(report, "tubes"), outcome(report)) == ({"new": 1}, {"new": 4})
    assert report["created_labels"] == ["empty", "outdoors"]
    assert "Frames count from 0." in report["assumptions"]
    assert report["errors"] == [{"file": "labels.test", "row": 7, "column": "", "reason": "is odd"}]
    assert named(hand) == ALL
    (tube,) = hand.now().tubes.values()
    assert [(k.frame, k.occluded) for k in tube.keyframes] == [(0, False), (50, True)]
    revisions.revision_undo(project_id=project.id, number=report["revision"])
    now = hand.now()
    assert not now.tubes and not now.spans and not now.coverage


def test_the_same_file_again_changes_nothing(load, hand):
    load(VIDEO)
    for mode in ("merge", "replace"):
        report = load(VIDEO, mode=mode)
        assert (outcome(report, "tubes"), outcome(report)) == ({"unchanged": 1}, {"unchanged": 4})
        assert report["revision"] is None
    assert Revision.objects.count() == 1


def test_a_trial_says_the_same_and_writes_nothing(load, hand):
    tried = load(VIDEO, mode="dry-run")
    assert not Revision.objects.exists() and not Label.objects.filter(name="empty").exists()
    done = load(VIDEO)
    for part in ("tubes", "spans", "created_labels", "rows"):
        assert tried[part] == done[part]


def test_what_somebody_did_otherwise_stays_and_is_told(load, hand):
    tube_id = hand.tube(0, 50, number=1)
    span = {"id": str(uuid.uuid4()), "tube_id": None, "label_id": hand.labels["crowded"],
            "start_frame": 12, "end_frame": 44}  # fmt: skip
    hand.commit({"op": "span_add", "span": span})
    report = load(VIDEO)
    assert outcome(report, "tubes") == {"conflict": 1}
    assert outcome(report) == {"conflict": 2, "new": 2}
    conflicts = report["videos"]["yard.mp4"]["conflicts"]
    assert any("person 1 was drawn or decided on otherwise here" in text for text in conflicts)
    assert any("'crowded' on frames 10 to 39 was marked otherwise" in text for text in conflicts)
    assert hand.now().tubes[tube_id].keyframes[-1].box.x1 == 64
    report = load(VIDEO, mode="replace")
    assert outcome(report, "tubes") == {"changed": 1}
    assert named(hand) == ALL


def test_replacing_takes_what_the_file_lacks(load, hand):
    load(VIDEO)
    less = replace(VIDEO, tubes=(), segments=SEGMENTS[:1])
    report = load(less, mode="replace")
    assert (outcome(report, "tubes"), outcome(report)) == (
        {"removed": 1}, {"removed": 2, "unchanged": 2},
    )  # fmt: skip
    assert named(hand) == [ALL[0], ALL[2]]


def test_what_a_format_has_no_place_for_stays(load, hand):
    load(VIDEO)
    report = load(replace(VIDEO, tubes=(), classes=(), segments=SEGMENTS[:1]), mode="replace",
                  holds=frozenset({Holds.SEGMENTS}))  # fmt: skip
    assert outcome(report) == {"removed": 1, "unchanged": 1}
    assert len(hand.now().tubes) == 1 and named(hand) == [ALL[0], ALL[2], ALL[3]]
    boxes = frozenset({Holds.TUBES, Holds.NUMBERS})
    moved = replace(WALKER, boxes=(FileBox(0, MOVED),), spans=())
    report = load(replace(VIDEO, tubes=(moved,)), mode="replace", holds=boxes)
    assert outcome(report, "tubes") == {"changed": 1}
    assert ALL[3] in named(hand)


def test_a_proposal_gives_way_to_a_segment(load, hand):
    run_id = str(uuid.uuid4())
    for start, end in ((12, 44), (60, 80)):
        span = {"id": str(uuid.uuid4()), "tube_id": None, "label_id": hand.labels["crowded"],
                "start_frame": start, "end_frame": end}  # fmt: skip
        hand.commit({"op": "span_add", "span": span}, origin="run", run_id=run_id)
    segments = (FileSpan("crowded", 10, 40), FileSpan("Crowded", 60, 80))
    report = load(FileVideo("yard", segments=segments))
    assert outcome(report) == {"changed": 2}
    assert named(hand) == [("crowded", 10, 40, "corrected"), ("crowded", 60, 80, "accepted")]


def test_a_video_in_several_places_of_a_file_is_one(load, hand):
    one, two = (FileVideo("yard", segments=(span,)) for span in SEGMENTS)
    assert outcome(load(one, two, mode="replace")) == {"new": 2}
    assert outcome(load(one, two, mode="replace")) == {"unchanged": 2}


def test_a_video_is_found_by_what_else_it_is_called(load, hand):
    by_alias = FileVideo("17", aliases=("field.mp4", "yard.avi"), segments=SEGMENTS)
    assert outcome(load(by_alias)) == {"new": 2}
    with pytest.raises(InvalidInput, match="None of the 1 videos"):
        load(FileVideo("18", segments=SEGMENTS))


def test_a_file_that_names_no_video_needs_one_named(load, hand, video):
    nameless = FileVideo("", segments=SEGMENTS)
    with pytest.raises(InvalidInput, match="does not say which video it is about"):
        load(nameless)
    assert outcome(load(nameless, video_id=str(video.id))) == {"new": 2}
    with pytest.raises(InvalidInput, match="is about several videos"):
        load(FileVideo("a"), FileVideo("b"), video_id=str(video.id))
    with pytest.raises(InvalidInput, match="There is no ready video"):
        load(nameless, video_id=str(uuid.uuid4()))


def test_what_does_not_fit_the_video_is_a_bad_row(load, hand):
    outside = FileSpan("crowded", Fraction(20), Fraction(30), row=3)
    video = FileVideo("yard", Unit.SECOND, segments=(outside,))
    with pytest.raises(InvalidInput, match="labels.test, row 3: .* lies outside the video"):
        load(video)
    assert not Revision.objects.exists()


def test_only_the_actions_of_the_file_count_as_looked_for(load, hand, labels):
    load(VIDEO)
    covered = hand.now().coverage.values()
    assert {c.label_ids for c in covered} == {(labels["walk"],)}
    assert sorted((c.start_frame, c.end_frame) for c in covered) == [(0, 51), (0, 100)]


def test_segments_alone_review_nothing(load, hand):
    load(FileVideo("yard", segments=SEGMENTS))
    assert not hand.now().coverage


def test_labels_are_mapped_by_name(load, hand):
    mapping = {"crowded": "busy", "Empty": "", "walk": "run"}
    report = load(VIDEO, mapping=mapping)
    said = {x["name"]: (x["kind"], x["action"], x["label"]) for x in report["labels"]}
    assert said == {
        "crowded": ("segment", "create", "busy"), "empty": ("segment", "leave out", None),
        "outdoors": ("video_class", "create", "outdoors"), "walk": ("action", "match", "run"),
    }  # fmt: skip
    assert [entry[0] for entry in named(hand)] == ["busy", "outdoors", "run"]


REAL = {
    "activitynet/activity_net.v1-3.val.reconstructed.json": "activitynet",
    "cvat": "cvat",
    "vatic": "vatic",
    "ava/ava_train_subset.csv": "ava",
    "ava_kinetics/kinetics_val_v1.0.csv": "ava-kinetics",
}


@pytest.mark.parametrize("name", REAL)
def test_the_format_of_real_files_is_guessed(shared_data, name):
    path = shared_data / name
    if path.is_dir():
        path = next(p for p in sorted(path.rglob("*")) if p.suffix in (".xml", ".txt"))
    files = ImportFiles(path, path.name)
    assert import_formats.format_of(files, "auto") == REAL[name]


def test_labels_that_differ_only_in_case_stay_apart(load, hand, project):
    Label.objects.create(project=project, kind="segment", name="CROWDED")
    spans = tuple(FileSpan(name, 1, 9) for name in ("CROWDED", "crowded", "Crowded"))
    load(replace(VIDEO, tubes=(), classes=(), segments=spans))
    # One that is written in neither way means the first.
    assert [span[0] for span in named(hand)] == ["CROWDED", "crowded"]


def test_a_name_longer_than_a_label_may_be_is_the_same_label_again(load, hand):
    long = replace(VIDEO, classes=(FileSpan("x" * 300),))
    assert load(long)["created_labels"] == ["empty", "x" * 200]
    assert outcome(load(long)) == {"unchanged": 4}


def test_a_label_that_somebody_made_meanwhile_is_not_taken_away(load, hand, project, monkeypatch):
    """Two imports of one file at once: the second finds its labels made when its turn comes."""
    made, found = [], imports.labels_create

    def created(*args):
        Label.objects.create(project=project, kind="segment", name="empty")
        made.append(True)
        return found(*args)

    monkeypatch.setattr(imports, "labels_create", created)
    nothing = replace(VIDEO, tubes=(), classes=(), segments=(FileSpan("empty", 1000, 1001),))
    load(nothing, skip_bad_rows=True)
    assert made and Label.objects.filter(name="empty").count() == 1


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_what_is_left_out_changes_nobody_of_its_number(load, hand, mode):
    drawn = hand.tube(0, 50, number=1)
    run = {"origin": "run", "run_id": str(uuid.uuid4())}
    hand.tube(0, 30, number=2, box=MOVED, **run)
    car = replace(WALKER, label="car", spans=())
    cars = replace(VIDEO, tubes=(car, replace(car, number=2)), segments=(), classes=())
    before = hand.now().tubes
    report = load(cars, mode=mode, mapping={"car": ""})
    assert not outcome(report, "tubes").keys() - {"removed"}
    now = hand.now().tubes
    assert all(before[i] == tube for i, tube in now.items())
    assert (drawn in now) == (mode == "merge")


def test_two_labels_of_the_file_that_mean_one_are_one_span(load, hand):
    both = replace(WALKER, spans=(FileSpan("jog", 0, 30), FileSpan("sprint", 20, 40)))
    only = replace(VIDEO, tubes=(both,), segments=(), classes=())
    for outcomes in ({"new": 1}, {"unchanged": 1}):
        assert outcome(load(only, mapping={"jog": "run", "sprint": "run"})) == outcomes
    assert named(hand) == [("run", 0, 40, "manual")]


def test_a_mapping_of_what_is_not_there_is_told(load, video):
    report = load(VIDEO, mapping={"wlak": "walk"})
    assert "The mapping names 'wlak', which is no label of the file." in report["assumptions"]


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_label_that_no_database_keeps_is_refused(load, video, name):
    with pytest.raises(InvalidInput, match="cannot be stored"):
        load(replace(VIDEO, classes=(FileSpan(name),)))
    with pytest.raises(InvalidInput, match="cannot be stored"):
        load(VIDEO, mapping={"crowded": name})
    assert not Revision.objects.exists()


def test_work_on_a_person_that_an_import_changed_is_not_left_behind(load, hand, project):
    """Taken back, the tube would end before the action, and be nobody's word again."""
    hand.tube(0, 30, number=1, origin="run", run_id=str(uuid.uuid4()))
    report = load(VIDEO)
    assert outcome(report, "tubes") == {"changed": 1}
    (tube_id,) = hand.now().tubes
    hand.span(tube_id, "run", 40, 50)
    before = hand.now()
    with pytest.raises(Conflict, match="have changed or been added to since"):
        revisions.revision_undo(project_id=project.id, number=report["revision"])
    assert hand.now() == before


def test_nobody_comes_back_whose_number_another_bears(load, hand, project):
    hand.tube(0, 50, number=1, box=[0, 0, 10, 10])
    replaced = load(replace(VIDEO, tubes=()), mode="replace")
    load(VIDEO)
    before = hand.now()
    with pytest.raises(Conflict, match="Take that back first"):
        revisions.revision_undo(project_id=project.id, number=replaced["revision"])
    assert hand.now() == before
