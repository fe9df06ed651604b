"""Malformed AVA and AVA-Kinetics input, kind by kind: what is said, and that nothing is written."""

import json
import pickle
import time

import pytest

from labeling.domain.errors import InvalidInput
from labeling.export.import_source import ImportFiles
from labeling.export.imports import labels_import, options_of
from labeling.formats.ava_labels import read_label_list
from labeling.models import CoverageRow, Label, Revision, SpanRow, TubeRow

pytestmark = pytest.mark.django_db

GOOD = "yard,0001,0.1,0.1,0.3,0.5,14,1\n"
BOX = "0.1,0.1,0.3,0.5"

# One line after a good one: (line, column, words of the reason)
ROWS = {
    "too few columns": (f"yard,0002,{BOX}", "", "has 6 columns"),
    "one column": ("yard", "", "has 1 columns"),
    "too many columns": (f"yard,0002,{BOX},14,1,9", "", "has 9 columns"),
    "no video": (f",0002,{BOX},14,1", "video_id", "video id, is empty"),
    "time with a colon": (f"yard,0:02,{BOX},14,1", "timestamp", "not a number of seconds: '0:02'"),
    "no time": (f"yard,,{BOX},14,1", "timestamp", "not a number of seconds: ''"),
    "time before 0": (f"yard,-3,{BOX},14,1", "timestamp", "seconds count from 0"),
    "time without end": (f"yard,99999999,{BOX},14,1", "timestamp", "is 99999999"),
    "time is not a number": (f"yard,nan,{BOX},14,1", "timestamp", "not a number of seconds"),
    "time outside the video": (f"yard,0902,{BOX},14,1", "timestamp", "is outside the video"),
    "corner is a word": ("yard,0002,0.1,left,0.3,0.5,14,1", "y1", "y1 is not a number: 'left'"),
    "corner is empty": ("yard,0002,0.1,0.1,,0.5,14,1", "x2", "x2 is not a number: ''"),
    "corner is infinite": ("yard,0002,0.1,0.1,inf,0.5,14,1", "x2", "x2 is not a number: 'inf'"),
    "corner with an underscore": ("yard,0002,0_1,0.1,0.3,0.5,14,1", "x1", "x1 is not a number"),
    "corner left of the picture": ("yard,0002,-0.2,0.1,0.3,0.5,14,1", "x1", "outside the picture"),
    "corner below the picture": ("yard,0002,0.1,0.1,0.3,1.2,14,1", "y2", "y2 is 1.2, outside"),
    "no width": ("yard,0002,0.3,0.1,0.3,0.5,14,1", "x2", "the box has no area"),
    "upside down": ("yard,0002,0.1,0.5,0.3,0.1,14,1", "y2", "the box has no area"),
    "action is a name": (f"yard,0002,{BOX},walk,1", "action_id", "not a whole number: 'walk'"),
    "action with decimals": (f"yard,0002,{BOX},14.0,1", "action_id", "not a whole number"),
    "action that nobody knows": (f"yard,0002,{BOX},33,1", "action_id", "action 33 (in 1 row)"),
    "action 0": (f"yard,0002,{BOX},0,1", "action_id", "action 0 (in 1 row)"),
    "person is a score": (f"yard,0002,{BOX},14,0.75", "person_id",
                          "looks like a score. If it is one, say so (--eighth-column score)"),
    "person is damaged": (f"yard,0002,{BOX},14,3_", "person_id", "not a whole number: '3_'"),
    "person is huge": (f"yard,0002,{BOX},14,12345678901", "person_id", "not a whole number"),
    "one person twice at once": ("yard,0001,0.6,0.1,0.9,0.5,14,1", "person_id",
                                 "has another box at 1 than in row 1"),
    "two times on one frame": (f"yard,1.01,{BOX},14,1", "timestamp", "on the same frame"),
    "a quote that is never closed": (f'"yard,0002,{BOX},14,1', "", "has 1 columns"),
}  # fmt: skip

# A whole file: (text, options, code, words of the message)
FILES = {
    "empty": ("", {}, "empty_file", "bad.csv has no rows"),
    "blank lines alone": ("\n\n  \n", {"format": "ava"}, "empty_file", "has no rows"),
    "pixels": ("yard,1,64,36,192,180,14,1\n", {}, "pixel_coordinates",
               "bad.csv: Row 1: x1 is 64, so the boxes seem to be in pixels"),
    "pixels in a later row": (GOOD + "yard,2,64,36,192,180,14,1\n", {}, "pixel_coordinates",
                              "Row 2: x1 is 64"),
    "binary": ("yard,1\0\n", {"format": "ava"}, "not_csv", "bad.csv: This is not a CSV"),
    "video ids alone": ("1j20qq1JyX4\n-FLn0aeA6EU\n", {}, "not_annotations",
                        "list of video ids or timestamps"),
    "timestamps alone": ("0902\n0903\n", {}, "not_annotations", "holds no annotations"),
    "excluded timestamps alone": ("yard,0002\nyard,0003\n", {}, "not_annotations",
                                  "given beside the annotations (--excluded)"),
    "a list of labels": ("1 Archery\n2 Diving\n3 Tai Chi\n", {}, "not_annotations",
                         "is a list of labels, no annotations: give it beside the annotations"),
    "durations": ("a.mp4\n51.3\nb.mp4\n3\n", {}, "not_annotations",
                  "is a list of durations, no annotations"),
    "another project's videos": (GOOD.replace("yard", "field"), {}, "unknown_videos",
                                 "None of the 1 videos of bad.csv is in project 'Yard': field"),
    "something else": ("Dear all,\nplease find the labels below.\n", {}, "unknown_format",
                       "cannot be told"),
    "a frame rate of a billion digits": (GOOD, {"frame_rate": "1e999999999"}, "invalid_input",
                                         "is no number such as 25"),
    "a mapping without end": (GOOD, {"mapping": "[" * 100_000}, "invalid_input", "recursion"),
    "a frame rate of 0": (GOOD, {"frame_rate": "0"}, "invalid_input", "0 is not above 0"),
    "a mapping that is none": (GOOD, {"mapping": '["walk"]'}, "invalid_input", "a mapping is"),
    "a format that there is not": (GOOD, {"format": "fax"}, "invalid_input", "known are auto, ava"),
}  # fmt: skip


def stored():
    return [model.objects.count() for model in (TubeRow, SpanRow, CoverageRow, Revision, Label)]


def load(project, path, name="bad.csv", **params):
    files = {role: params.pop(role) for role in ("labels", "excluded") if role in params}
    return labels_import(
        project=project, files=ImportFiles(path, name, **files),
        options=options_of({"mode": "merge", **params}),
    )  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("format_name", ["ava", "ava-kinetics"])
@pytest.mark.parametrize("kind", ROWS)
def test_a_bad_row_is_named_and_nothing_is_written(project, video, file, kind, format_name):
    line, column, reason = ROWS[kind]
    path = file(GOOD + line + "\n" + (GOOD if "quote" not in kind else ""))
    before = stored()
    with pytest.raises(InvalidInput) as refused:
        load(project, path, format=format_name)
    assert stored() == before
    assert refused.value.code == "bad_rows"
    (error,) = refused.value.detail["errors"]
    assert (error["file"], error["row"], error["column"]) == ("bad.csv", 2, column)
    assert reason in error["reason"]
    assert refused.value.message.startswith(f"bad.csv, row 2: {error['reason']}")


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_refused_and_nothing_is_written(project, video, file, kind):
    text, params, code, words = FILES[kind]
    before = stored()
    with pytest.raises(InvalidInput) as refused:
        load(project, file(text), **params)
    assert stored() == before
    assert refused.value.code == code
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("role", "text", "words"),
    [
        ("excluded", "yard,2\nyard,x\n", "row 2: column 2, the timestamp"),
        ("excluded", GOOD, "row 1: has more than two columns"),
        ("labels", "item {\n  name: 3\n", "Label map, line 1: this entry is never closed"),
        ("labels", "label_id,label_name\nx,walk\n", "line 2: it is not label_id,label_name"),
        ("labels", "1: walk\n1: run\n", "gives id 1 to 'walk' and to 'run'"),
        ("labels", '{"walk": "1"}', 'is not {"name": number}'),
        ("labels", '{"a":' + "[" * 100_000, "is no JSON: maximum recursion"),
        ("labels", f"label_id,label_name\n{'9' * 5000},walk\n", "line 2: it is not label_id"),
        ("labels", f"label_id,label_name\n1,{'a' * 200_000}\n", "line 2: it is not CSV"),
        ("labels", f'item {{ name: "a" id: {"9" * 5000} }}', "is not a whole number: '999"),
        ("labels", "1: walk\nrun\n", "line 2: it is not 'number: name'"),
    ],
)
def test_a_bad_companion_is_refused(project, video, file, role, text, words):
    before = stored()
    with pytest.raises(InvalidInput, match="(?s).*") as refused:
        load(project, file(GOOD), **{role: file(text, "beside.txt")})
    assert words in refused.value.message
    assert stored() == before


class Runs:
    """What a pickle from outside might hold."""

    def __reduce__(self):
        return print, ("this must not be printed",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pickle.dumps({"yard,0001": Runs()}), "unsafe_pickle"),
        (pickle.dumps(["yard"]), "not_proposals"),
        (pickle.dumps({"yard": 1}), "not_proposals"),
        (b"\x80\x04cut off", "unsafe_pickle"),
    ],
)
def test_a_bad_pickle_is_refused_unread(project, video, file, content, code, capsys):
    before = stored()
    with pytest.raises(InvalidInput) as refused:
        load(project, file(content, "boxes.pkl"), format="ava")
    assert refused.value.code == code
    assert stored() == before
    assert "printed" not in capsys.readouterr().out


def test_bad_rows_are_counted_and_the_first_are_told(project, video, file):
    path = file("yard,x,0.1,0.1,0.3,0.5,14,1\n" * 1500 + GOOD)
    with pytest.raises(InvalidInput, match="and 1499 more") as refused:
        load(project, path, format="ava")
    report = refused.value.detail
    assert (report["error_count"], len(report["errors"])) == (1500, 1000)
    assert report["errors"][0]["row"] == 1


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_opens(project, video, file):
    path = file(GOOD + 'yard,0002,0.1,0.1,0.3,0.5,14,"1\n' + GOOD * 3)
    report = load(project, path, mode="dry-run")
    (error,) = report["errors"]
    assert error["row"] == 2
    assert error["reason"].endswith("not closed on this line; lines 2 to 5 are not read")


def test_a_report_stays_short_and_can_be_stored_whatever_a_file_holds(project, video, file):
    """A cell may have 128 KB; no database stores a NUL, and no terminal half a character."""
    wide = "9x" * 50_000
    text = GOOD + f"yard,{wide},0.1,0.1,0.3,0.5,14,1\n" * 50
    text += "".join(f"{wide}{n},0001,0.1,0.1,0.3,0.5,14,1\n" for n in range(50))
    report = load(project, file(text), mode="dry-run")
    assert (report["error_count"], report["unknown_videos_total"]) == (50, 50)
    assert len(json.dumps(report)) < 100_000
    database = {key: {"annotations": []} for key in ("yard", "a\0b", "c\ud800d")}
    text = json.dumps({"database": database, "taxonomy": [], "version": "1.3"})
    report = load(project, file(text), format="activitynet")
    assert report["unknown_videos"] == ["a\ufffdb", "c\ufffdd"]


def test_a_large_label_map_is_read_in_the_time_of_its_length(project, video, file):
    text = "".join(f'label {{\n  name: "n{n}"\n  label_id: {n}\n}}\n' for n in range(100, 30_000))
    begin_s = time.process_time()
    assert len(read_label_list(text, "map.pbtxt")) == 29_900
    assert time.process_time() - begin_s < 5
