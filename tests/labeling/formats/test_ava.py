from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats.ava import AvaRow, BadRow, Coordinates, Eighth, read_rows, write_rows

GOLDEN = """\
-FLn0aeA6EU,0902,0.031,0.162,0.670,0.995,12,0
-FLn0aeA6EU,0902,0.031,0.162,0.670,0.995,17,0
'=cmd,0903,0.000,0.000,1.000,1.000,80,7
"yard, east",1798,0.500,0.250,0.501,0.251,1,123
"""


def read(text, **options):
    return list(read_rows(text.splitlines(keepends=True), **options))


def test_what_was_written_is_read_and_written_again():
    rows = read(GOLDEN)
    assert [row.video for row in rows] == ["-FLn0aeA6EU", "-FLn0aeA6EU", "=cmd", "yard, east"]
    assert rows[0] == AvaRow(
        "-FLn0aeA6EU", Decimal(902), (0.031, 0.162, 0.67, 0.995), 12, 0, None, 3, 1
    )
    assert "".join(write_rows(rows)) == GOLDEN


# Letters of several scripts, and what CSV and spreadsheets stumble over.
ids = st.text("abZ09-_.=+@,;'\"/é漢", min_size=1, max_size=12) | st.sampled_from(
    ["=1+1", "+a", "@x", "'=a", "''@b", "-a", "'a", 'a"b', "a,b", "a b"]
)


@st.composite
def rows(draw):
    x1, y1 = draw(st.integers(0, 998)), draw(st.integers(0, 998))
    x2, y2 = draw(st.integers(x1 + 1, 1000)), draw(st.integers(y1 + 1, 1000))
    return AvaRow(
        draw(ids), Decimal(draw(st.integers(0, 9999))),
        (x1 / 1000, y1 / 1000, x2 / 1000, y2 / 1000),
        draw(st.integers(0, 999)), draw(st.integers(0, 9999)),
    )  # fmt: skip


def plain(found):
    return [(r.video, r.timestamp, r.box, r.action_id, r.person_id) for r in found]


@given(st.lists(rows(), max_size=20))
def test_parsing_undoes_writing(made):
    text = "".join(write_rows(made))
    found = read(text)
    assert plain(found) == plain(made)
    assert "".join(write_rows(found)) == text


@given(st.lists(rows(), max_size=10), st.sampled_from(["\r\n", "\n"]), st.booleans())
def test_line_ends_headers_and_marks_change_nothing(made, end, header):
    text = "".join(write_rows(made)).replace("\n", end)
    lead = f"video_id,timestamp,x1,y1,x2,y2,action_id,person_id{end}" if header else ""
    assert plain(read(f"\ufeff{lead}{text}")) == plain(made)


@given(st.integers(0, 10**10))
def test_microseconds_survive(micros):
    stamp = Decimal(micros) / 10**6
    text = "".join(write_rows([AvaRow("a", stamp)], whole_seconds=False))
    assert read(text) == [AvaRow("a", stamp, row=1)]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("a,902,0,0,1,0.54,7", AvaRow("a", Decimal(902), (0, 0, 1, 0.54), 7, None, None, 2, 1)),
        ("a,902.000000,0.1,0.1,0.2,0.2,7,-1",
         AvaRow("a", Decimal(902), (0.1, 0.1, 0.2, 0.2), 7, None, None, 1, 1)),
        (" a b , 0902 , 0.1, 0.1, 0.2, 0.2, 7, 3 ",
         AvaRow("a b", Decimal(902), (0.1, 0.1, 0.2, 0.2), 7, 3, None, 1, 1)),
        ("a,17.016949", AvaRow("a", Decimal("17.016949"), row=1)),
        ("a\t1\t0.1\t0.1\t0.2\t0.2\t\t", AvaRow("a", Decimal(1), (0.1, 0.1, 0.2, 0.2), row=1,
                                               decimals=1)),
        ("a,1,1e-1,.1,0.2,0.2,7,0", AvaRow("a", Decimal(1), (0.1, 0.1, 0.2, 0.2), 7, 0, None, 1,
                                           1)),
    ],
)  # fmt: skip
def test_real_variations_are_read(line, row):
    assert read(line) == [row]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,0902,0.1,0.1,0.2,0.2,80,3_", "column 8, the person id, is not a whole number: '3_'"),
        ("a,0902,0.1,0.1,0.2,0.2,80,0.655", "looks like a score"),
        ("a,0902,0.1,0.1,0.2,0.2,8_0,3", "column 7, the action id"),
        ("a,0902,0.1,0.1,0.2,0.2,1.5,3", "column 7, the action id"),
        ("a,0902,0.1,0.1,0.2", "has 5 columns"),
        (",0902,0.1,0.1,0.2,0.2,8,3", "video id, is empty"),
        ("a,9:02,0.1,0.1,0.2,0.2,8,3", "not a number of seconds: '9:02'"),
        ("a,-1,0.1,0.1,0.2,0.2,8,3", "seconds count from 0"),
        ("a,0902,0.1,x,0.2,0.2,8,3", "y1 is not a number: 'x'"),
        ("a,0902,0.1,nan,0.2,0.2,8,3", "y1 is not a number: 'nan'"),
        ("a,0902,0.1,1_0,0.2,0.2,8,3", "y1 is not a number"),
        ("a,0902,0.1,0.1,1.2,0.2,8,3", "x2 is 1.2, outside the picture"),
        ("a,0902,-0.1,0.1,0.2,0.2,8,3", "x1 is -0.1, outside"),
        ("a,0902,0.3,0.1,0.2,0.2,8,3", "the box has no area"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason(line, reason):
    good = "a,0901,0.1,0.1,0.2,0.2,8,3"
    first, bad, last = read(f"{good}\n{line}\n{good}")
    assert isinstance(bad, BadRow)
    assert (bad.row, first.row, last.row) == (2, 1, 3)
    assert reason in bad.reason


def test_pixels_are_asked_about_and_can_be_read():
    line = "a,0000,656.463,316.080,1280.000,800.000,7,1"
    with pytest.raises(InvalidInput, match="Row 1: x1 is 656.463.*--coordinates pixels") as asked:
        read(line)
    assert asked.value.code == "pixel_coordinates"
    (row,) = read(line, coordinates=Coordinates.PIXELS)
    assert row.box == (656.463, 316.08, 1280.0, 800.0)


def test_binary_data_is_no_csv():
    with pytest.raises(InvalidInput, match="binary"):
        read("a,1\0,2")


def test_the_eighth_column_means_what_the_reader_is_told():
    line = "a,0904,0.043,0.052,0.953,0.974,1,0.25"
    assert [row.score for row in read(line, eighth=Eighth.SCORE)] == [0.25]
    assert [row.person_id for row in read(line, eighth=Eighth.IGNORE)] == [None]


REAL = {
    "ava/ava_val_v2.2_excerpt_80rows.csv": (79, [16], Eighth.PERSON_ID),
    "ava/ava_train_subset.csv": (26119, [], Eighth.PERSON_ID),
    "ava/ava_val_v2.1_pose14_sorted_by_label.csv": (93400, [], Eighth.PERSON_ID),
    "ava/ava_val_excluded_timestamps_v2.2.csv": (37, [], Eighth.PERSON_ID),
    "ava/slowfast_koish11_detections.csv": (14940, [], Eighth.SCORE),
    "ava/slowfast_koish11_groundtruth.csv": (555, [], Eighth.SCORE),
    "ava/custom_ethereal311/ava__detection_val_boxes_and_labels.csv": (44, [], Eighth.SCORE),
    "ava/custom_ethereal311/ava_train_v2.2.csv": (174, [149, 150], Eighth.PERSON_ID),
    "ava/mmaction2_ava_dataset_ava_sample.csv": (8, [], Eighth.PERSON_ID),
    "ava_kinetics/kinetics_val_v1.0.csv": (73845, [], Eighth.PERSON_ID),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_read(shared_data, name):
    good, bad, eighth = REAL[name]
    with (shared_data / name).open(newline="") as file:
        found = list(read_rows(file, eighth=eighth))
    assert [row.row for row in found if isinstance(row, BadRow)] == bad
    assert len(found) - len(bad) == good


@pytest.mark.parametrize(
    "name", ["ava_val_v2.2_excerpt_80rows.csv", "mmaction2_ava_dataset_ava_sample.csv"]
)
def test_published_rows_are_written_as_they_were(shared_data, name):
    lines = (shared_data / "ava" / name).read_text().splitlines(keepends=True)
    for line in lines:
        (row,) = read(line)
        if isinstance(row, AvaRow):
            assert "".join(write_rows([row])).rstrip("\n") == line.rstrip("\n")
