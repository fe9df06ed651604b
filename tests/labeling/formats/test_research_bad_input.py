"""What is wrong in files of research data sets is told by file, row, field and reason."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from scipy.io import savemat

from labeling.domain.errors import InvalidInput
from labeling.formats.registry import FORMATS
from tests.labeling.formats.migration import sorted_out

KINETICS = "label,youtube_id,time_start,time_end,split\nrun,ok,0,10,val\n"
TUBE = {"label": 0, "sf": 0, "ef": 2, "boxes": [[1, 2, 3, 4], [1, 2, 3, 4]]}
ACT = {
    "labels": ["run"], "gttubes": {"v": {"0": [[[1, 1, 2, 3, 4]]]}}, "nframes": {"v": 9},
    "train_videos": [["v"]], "test_videos": [[]], "resolution": {"v": [240, 320]},
}  # fmt: skip


def anet(*annotations, **entry):
    return json.dumps({"database": {"v": {"annotations": list(annotations), **entry}}})


def ucf24(**tube):
    entry = {"numf": 9, "label": 0, "annotations": [TUBE | tube, TUBE]}
    return json.dumps({"db": {"v": entry}, "classes": ["run"]})


def act(**tables):
    return json.dumps(ACT | tables)


def good(start=1.0, end=2.0, label="run"):
    return {"segment": [start, end], "label": label}


# format, file name, contents, row, column, what the reason says
ROWS = {
    "kinetics: too few columns": ("kinetics", "a.csv", KINETICS + "run,x,0\n", 3, "", "3 columns"),
    "kinetics: start is no number":
        ("kinetics", "a.csv", KINETICS + "run,x,a,10,val\n", 3, "time_start", "not a number"),
    "kinetics: start is negative":
        ("kinetics", "a.csv", KINETICS + "run,x,-1,10,val\n", 3, "time_start", "count from 0"),
    "kinetics: start is not finite":
        ("kinetics", "a.csv", KINETICS + "run,x,nan,10,val\n", 3, "time_start", "not a number"),
    "kinetics: end before start":
        ("kinetics", "a.csv", KINETICS + "run,x,10,10,val\n", 3, "time_end", "not after"),
    "kinetics: no label":
        ("kinetics", "a.csv", KINETICS + ",x,0,10,val\n", 3, "label", "is empty"),
    "kinetics: no id":
        ("kinetics", "a.csv", KINETICS + "run,,0,10,val\n", 3, "youtube_id", "not a name"),
    "kinetics: a list of annotations":
        ("kinetics", "a.json", '{"x": {"annotations": []}}', 1, "x.annotations", "not an object"),
    "kinetics: a segment of three": (
        "kinetics", "a.json", '{"x": {"annotations": {"segment": [1, 2, 3]}}}',
        1, "x.annotations.segment", "3 numbers",
    ),
    "ucf101: a line that is no path":
        ("ucf101", "trainlist01.txt", "A/a.avi 1\njust words\n", 2, "path", "'Class/video.avi'"),
    "ucf101: a path that climbs":
        ("ucf101", "trainlist01.txt", "A/a.avi 1\n../B/b.avi 1\n", 2, "path", "no 'Class/"),
    "activitynet: end before start": (
        "activitynet", "a.json", anet(good(), good(9, 2)), 1, "v.annotations[1].segment",
        "before it begins",
    ),
    "activitynet: one number":
        ("activitynet", "a.json", anet({"segment": [1], "label": "run"}), 1,
         "v.annotations[0].segment", "1 numbers"),
    "activitynet: text for a time": (
        "activitynet", "a.json", anet(good("soon")), 1, "v.annotations[0].segment", "not a number",
    ),
    "activitynet: no label":
        ("activitynet", "a.json", anet({"segment": [1, 2]}), 1, "v.annotations[0].label",
         "is missing"),
    "activitynet: label is a number":
        ("activitynet", "a.json", anet(good(label=3)), 1, "v.annotations[0].label", "not a name"),
    "activitynet: an annotation that is none":
        ("activitynet", "a.json", anet(7), 1, "v.annotations[0]", "not an object"),
    "activitynet: duration is text":
        ("activitynet", "a.json", anet(good(), duration="long"), 1, "v.duration", "not a number"),
    "activitynet: subset is a number":
        ("activitynet", "a.json", anet(good(), subset=3), 1, "v.subset", "is no text"),
    "submission: score is text": (
        "activitynet-results", "a.json",
        json.dumps({"results": {"v": [good() | {"score": "high"}, good()]}}),
        1, "v[0].score", "not a number",
    ),
    "submission: results of a video are no list": (
        "activitynet-results", "a.json", json.dumps({"results": {"u": [good()], "v": {}}}), 2, "v",
        "not a list",
    ),
    "thumos14: a word is missing":
        ("thumos14", "Diving_val.txt", "v 1 2\nv 1\n", 2, "", "2 words"),
    "thumos14: end before start":
        ("thumos14", "Diving_val.txt", "v 1 2\nv 9 2\n", 2, "end", "before the start"),
    "thumos14: start is no number":
        ("thumos14", "Diving_val.txt", "v 1 2\nv x 2\n", 2, "start", "not a number"),
    "thumos14: an unknown class":
        ("thumos14", "det.txt", "v 1 2 7 1\nv 1 2 8 1\n", 2, "class", "not in the list"),
    "thumos14: a class that is no number":
        ("thumos14", "det.txt", "v 1 2 7 1\nv 1 2 run 1\n", 2, "class", "not a whole number"),
    "thumos14: a score that is no number":
        ("thumos14", "det.txt", "v 1 2 7 1\nv 1 2 7 high\n", 2, "score", "not a number"),
    "thumos14: a short row of a csv":
        ("thumos14", "a.csv", "video,type,start,end\nv,run,1\n", 2, "", "columns"),
    "thumos14: a place beyond the classes": (
        "thumos14", "a.csv", "video-name,t-init,t-end,label-idx\nv,1,2,20\n", 2, "label-idx",
        "0 to 19",
    ),
    "ucf101-24: boxes and frames differ":
        ("ucf101-24", "a.json", ucf24(ef=5), 1, "v.annotations[0].boxes", "2 boxes for the 5"),
    "ucf101-24: a box of three numbers": (
        "ucf101-24", "a.json", ucf24(boxes=[[1, 2, 3], [1, 2, 3]]), 1, "v.annotations[0].boxes",
        "rows of 4",
    ),
    "ucf101-24: a box without area": (
        "ucf101-24", "a.json", ucf24(boxes=[[1, 2, 0, 4], [1, 2, 3, 4]]), 1,
        "v.annotations[0].boxes[0]", "no area",
    ),
    "ucf101-24: text for a box": (
        "ucf101-24", "a.json", ucf24(boxes=[["a", 2, 3, 4], [1, 2, 3, 4]]), 1,
        "v.annotations[0].boxes", "no list of rows",
    ),
    "ucf101-24: a class that is not there":
        ("ucf101-24", "a.json", ucf24(label=3), 1, "v.annotations[0].label", "1 classes"),
    "ucf101-24: a frame before the first":
        ("ucf101-24", "a.json", ucf24(sf=-1), 1, "v.annotations[0].sf", "counts from 0"),
    "ucf101-24: half a frame":
        ("ucf101-24", "a.json", ucf24(sf=0.5), 1, "v.annotations[0].sf", "not a whole number"),
    "multisports: frames that go back": (
        "multisports", "a.json",
        act(gttubes={"v": {"0": [[[2, 1, 2, 3, 4], [1, 1, 2, 3, 4]]]}}), 1,
        "gttubes.v[0][0]", "rising order",
    ),
    "multisports: frame 0": (
        "multisports", "a.json", act(gttubes={"v": {"0": [[[0, 1, 2, 3, 4]]]}}), 1,
        "gttubes.v[0][0]", "from 1",
    ),
    "multisports: a label that is not there":
        ("multisports", "a.json", act(gttubes={"v": {"4": []}}), 1, "gttubes.v[4]", "none of the"),
    "multisports: no frame count":
        ("multisports", "a.json", act(nframes={}), 1, "nframes.v", "not a whole number"),
    "multisports: a resolution of one number":
        ("multisports", "a.json", act(resolution={"v": [240]}), 1, "resolution.v", "height and"),
    "jhmdb: a line of four words":
        ("jhmdb", "clap_v_00001.txt", "3 1 2 3\n", 1, "line 1", "4 words"),
    "jhmdb: another class than the name says":
        ("jhmdb", "clap_v_00001.txt", "1 1 2 3 4\n", 1, "line 1, class", "brush_hair"),
    "jhmdb: a class that is not there":
        ("jhmdb", "clap_v_00001.txt", "99 1 2 3 4\n", 1, "line 1, class", "no known class"),
    "jhmdb: a box without area":
        ("jhmdb", "clap_v_00001.txt", "3 5 2 3 4\n", 1, "line 1", "no area"),
    "jhmdb: frame 0": ("jhmdb", "clap_v_00000.txt", "3 1 2 3 4\n", 1, "frame", "count from 1"),
    "jhmdb: a split that is neither":
        ("jhmdb", "clap_test_split1.txt", "a.avi 1\nb.avi 3\n", 2, "split", "'video.avi 0'"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_names_file_row_field_and_reason(tmp_path, case):
    format_name, file, content, row, column, reason = ROWS[case]
    path = tmp_path / "upload"
    path.write_text(content)
    if file.startswith("clap_"):
        path = tmp_path / file
        path.write_text(content)
    _, bad, _ = sorted_out(FORMATS[format_name].read, path, name=file)
    assert [(b.row, b.file, b.column) for b in bad] == [(row, file, column)]
    assert reason in bad[0].reason


def test_a_number_that_is_not_the_folders_class(tmp_path):
    (tmp_path / "classInd.txt").write_text("1 Archery\n2 Diving\n")
    (tmp_path / "trainlist01.txt").write_text("Archery/a.avi 2\nDiving/b.avi 2\nDiving/c.avi 5\n")
    videos, bad, _ = sorted_out(FORMATS["ucf101"].read, tmp_path, name="lists.zip")
    assert [video.key for video in videos] == ["b.avi"]
    assert [(b.row, b.file, b.column) for b in bad] == [
        (1, "lists.zip/trainlist01.txt", "class"), (3, "lists.zip/trainlist01.txt", "class"),
    ]  # fmt: skip
    assert "'Diving', but the folder is 'Archery'" in bad[0].reason


def zipped(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return buffer.getvalue()


def mat(**variables):
    buffer = io.BytesIO()
    savemat(buffer, variables)
    return buffer.getvalue()


REFUSED = {
    "kinetics: a map of labels": ("kinetics", b"abseiling\nair drumming\n", "youtube_id"),
    "kinetics: binary": ("kinetics", b"a,b\0c\n", "line 1: binary data"),
    "kinetics: a cell without end":
        ("kinetics", b"label,youtube_id\n" + b"x" * 200_000, "is not CSV"),
    "thumos14: a cell without end":
        ("thumos14", b"video,type,start,end\n" + b"x" * 200_000, "is not CSV"),
    "kinetics: no utf-8": ("kinetics", b"label,youtube_id\n\xff\xfe\n", "UTF-8"),
    "kinetics: json that stops": ("kinetics-json", b'{"a": {', "line 1, column 8"),
    "kinetics: json with NaN": ("kinetics-json", b'{"a": NaN}', "NaN"),
    "kinetics: an ActivityNet file": ("kinetics", anet(good()).encode(), "no Kinetics file"),
    "ucf101: a class index": ("ucf101", b"1 ApplyEyeMakeup\n", "first line"),
    "ucf101: an archive without lists": ("ucf101", zipped(a="x"), "neither lists"),
    "activitynet: a list": ("activitynet", b"[]", "no JSON object"),
    "activitynet: nested without end": ("activitynet", b"[" * 100_000, "nested too deep"),
    "activitynet: another database": ("activitynet", b'{"database": []}', "'database' is not"),
    "activitynet: something else": ("activitynet", b'{"a": {"b": 1}}', "neither 'database'"),
    "activitynet: proposals": (
        "activitynet", b'{"results": {"v": [{"segment": [1, 2], "score": 1}]}}', "without labels",
    ),
    "thumos14: durations": ("thumos14", b"video_test_0000764.mp4\n51.328000\n", "durations"),
    "thumos14: another csv": ("thumos14", b"a,b,c\n1,2,3\n", "header is neither"),
    "ucf101-24: text": ("ucf101-24", b"video list\n", "no pickle"),
    "ucf101-24: a list of videos": ("ucf101-24", mat(testlist=np.array(["v"])), "but testlist"),
    "ucf101-24: half a .mat": ("ucf101-24", mat(annot=np.arange(99))[:200], "cannot be read"),
    "ucf101-24: a .mat of version 7.3": ("ucf101-24", b"MATLAB 7.3 MAT-file, HDF5", "save it with"),
    "ucf101-24: a dictionary of others": ("ucf101-24", pickle.dumps({"a": 1}), "no video with"),
    "multisports: a pickle that calls": (
        "multisports", b"cos\nsystem\n(S'touch owned'\ntR.", "asks for os.system",
    ),
    "multisports: a table is missing": ("multisports", b'{"gttubes": {}}', "labels, nframes"),
    "multisports: labels are no list":
        ("multisports", act(labels=3).encode(), "labels is not a list"),
    "jhmdb: an archive of others": ("jhmdb", zipped(**{"a.txt": "x"}), "neither frames"),
    "jhmdb: an archive that climbs": (
        "jhmdb", zipped(**{"../clap_v_00001.txt": "3 1 2 3 4"}), "leads out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    format_name, content, reason = REFUSED[case]
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        sorted_out(FORMATS[format_name].read, path, name="theirs.dat")
    assert refused.value.message.startswith("theirs.dat") and reason in refused.value.message
    assert [file.name for file in tmp_path.iterdir()] == ["upload"]


SOUND = {
    "kinetics": json.dumps({"x": {
        "annotations": {"label": "run", "segment": [1, 2]}, "subset": "val", "duration": 1,
    }}),
    "activitynet": json.dumps({
        "version": "VERSION 1.3", "set_ambiguous": {"v": [[1, 2]]}, "database": {"v": {
            "annotations": [good()], "duration": 9, "subset": "val", "resolution": "10x20",
        }},
    }),
    "activitynet-results": json.dumps({"results": {"v": [good() | {"score": 1}]}}),
    "ucf101-24": json.dumps({
        "db": {"v": {"numf": 9, "label": 0, "annotations": [TUBE], "size": [320, 240]}},
        "classes": ["run"], "trainvideos": ["v"],
    }),
    "multisports": act(),
    "jhmdb": act(),
}  # fmt: skip
ODD = [None, True, -1, 0.5, 10**30, "", "x", "1", [], [[]], {}, {"a": 1}, [None], [1, 2, 3]]


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def put(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("format_name", SOUND)
def test_an_odd_value_anywhere_is_told_and_never_breaks(tmp_path, format_name):
    """Each value of a sound file replaced by each odd one: read, or told; nothing else."""
    sound, path = json.loads(SOUND[format_name]), tmp_path / "upload"
    outcomes = set()
    for place in places(sound):
        for odd in ODD:
            path.write_text(json.dumps(put(sound, place, odd)))
            try:
                _, bad, _ = sorted_out(FORMATS[format_name].read, path, name="a.json")
                assert all(row.reason and row.file == "a.json" for row in bad)
                outcomes.add("told" if bad else "read")
            except InvalidInput as refused:
                assert refused.message.startswith("a.json")
                outcomes.add("refused")
    assert outcomes == {"told", "read", "refused"}
