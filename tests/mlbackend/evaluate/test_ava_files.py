"""Reading AVA's files: what the evaluators take, and where they stop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.ava_columns import Columns
from mlbackend.evaluate.ava_files import NAMES, read_files
from mlbackend.evaluate.ava_label_map import read_label_map
from mlbackend.evaluate.ava_numbers import plain_numbers
from mlbackend.evaluate.ava_rules import RULES

ROW = "vidA,0902,0.1,0.1,0.5,0.5,1,0.9\n"


def read(folder, truth=ROW, found=ROW, excluded=None, evaluator="activitynet-2020"):
    paths = {"truth.csv": truth, "found.csv": found, "excluded.csv": excluded}
    for name, text in paths.items():
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (folder / name).write_bytes(data)
    third = folder / "excluded.csv" if excluded is not None else None
    return read_files(folder / "truth.csv", folder / "found.csv", third, RULES[evaluator])


def test_columns_go_where_they_belong(tmp_path):
    text = "b,0903,0.1,0.2,0.3,0.4,12,0.75\na,0902,0,0,1,1,1\n"
    _, found, _ = read(tmp_path, found=text)
    assert found.box.tolist() == [[0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1]]
    assert found.label.tolist() == [12, 1]
    assert found.score.tolist() == [0.75, 1.0]
    assert found.row.tolist() == [1, 2]
    assert found.where(1) == "found.csv, row 2"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("a,0902", "a,902", True),
        ("a,902.000000", "a,0902", True),
        ("a,902.0000004", "a,0902", True),
        ("a,902.000001", "a,0902", False),
        ("a,902.0000005", "a,902.000001", True),  # the float is a little above the half
        ("a,902.0000005", "a,0902", False),
        ("a,0902", "a, 0902 ", True),
        ("a,0902", "b,0902", False),
        ("a,0902", "a ,0902", False),
        ("long-name-1,0902", "long-name-2,0902", False),
    ],
)
def test_which_rows_are_one_image(tmp_path, left, right, same):
    tail = ",0,0,1,1,1,0.5\n"
    truth, found, _ = read(tmp_path, left + tail, right + tail)
    assert (truth.image[0] == found.image[0]) is np.bool_(same)


@pytest.mark.parametrize(
    "text",
    [
        "vidA, 0902, 0.1, 0.1, 0.5, 0.5, 1, 0.9\n",
        "vidA,0902,0.1,0.1,0.5,0.5,1,0.9",
        "vidA,0902,0.1,0.1,0.5,0.5,1,0.9\r\n",
        "vidA,0902,0.1,0.1,0.5,0.5,1,0.9\r",
        "\ufeffvidA,0902,0.1,0.1,0.5,0.5,1,0.9\n",
        '"vidA",902,.1,1e-1,+0.5,0.50,01,"0.9"\n',
        '"vidA",902,.1,1e-1,+0.5,0.50,01,"0.9"\r\n',
    ],
)
def test_ways_to_write_one_row(tmp_path, text):
    truth, found, _ = read(tmp_path, ROW, text)
    assert found.image.tolist() == truth.image.tolist()
    assert found.box.tolist() == [[0.1, 0.1, 0.5, 0.5]]
    assert (found.label.tolist(), found.score.tolist()) == ([1], [0.9])


def test_a_quoted_id_may_hold_a_comma(tmp_path):
    truth, found, _ = read(tmp_path, ROW, '"vid,A",0902,0,0,1,1,1,0.5\n')
    assert truth.image[0] != found.image[0]


def test_an_image_somebody_looked_at_has_a_row_of_its_own(tmp_path):
    truth, found, _ = read(tmp_path, "vidA,0903\n" + ROW, ROW)
    assert len(truth) == 1
    assert truth.image_seen.tolist() != truth.image.tolist()
    assert truth.row.tolist() == [2]


def test_excluded_timestamps_share_the_numbers_of_images(tmp_path):
    truth, _, excluded = read(tmp_path, excluded="vidA,902\n", evaluator="activitynet-2019")
    assert excluded.tolist() == truth.image.tolist()


def test_empty_files_are_files(tmp_path):
    truth, found, excluded = read(tmp_path, "", "", "", "activitynet-2019")
    assert (len(truth), len(found), len(excluded)) == (0, 0, 0)


BAD = [
    ("header", "video_id,timestamp,x1,y1,x2,y2,action_id,score\n", "row 1, column 2.*header"),
    ("blank last line", ROW + "\n", "row 2: the row is blank"),
    ("blank of blanks", ROW + "  \n", "row 2: the row has 1 column"),
    ("empty action", "vidA,0902,0,0,1,1,,0.5\n", r"row 1, column 7 \(action_id\): '' is not"),
    ("fraction of an action", "vidA,0902,0,0,1,1,1.0,1\n", "column 7.*'1.0' is not a whole"),
    ("word for an action", "vidA,0902,0,0,1,1,run,1\n", "column 7.*'run' is not a whole"),
    ("huge action", "vidA,0902,0,0,1,1,99999999999999999999,1\n", "column 7.*not a whole"),
    ("word for a coordinate", "vidA,0902,0,zero,1,1,1,1\n", r"column 4 \(y1\): 'zero' is not a n"),
    ("no coordinate", "vidA,0902,0,,1,1,1,1\n", "column 4.*'' is not a number"),
    ("two points", "vidA,0902,0,0.1.2,1,1,1,1\n", "column 4.*'0.1.2' is not a number"),
    ("infinite coordinate", "vidA,0902,0,0,inf,1,1,1\n", "column 5.*'inf' is no coordinate"),
    ("not a number", "vidA,0902,0,0,1,nan,1,1\n", "column 6.*'nan' is not a number"),
    ("undefined score", "vidA,0902,0,0,1,1,1,nan\n", "column 8.*'nan' is not a number"),
    ("damaged person", ROW + "vidA,0902,0,0,1,1,80,3_\n", "row 2, column 8.*'3_' is not"),
    ("time of day", "vidA,9:02,0,0,1,1,1,1\n", "column 2.*'9:02' is not a number"),
    ("time beyond all", "vidA,1e300,0,0,1,1,1,1\n", "column 2.*is no time"),
    ("too few", "vidA,0902,0,0,1\n", "row 1: the row has 5 columns, .* 2, 7 or 8"),
    ("too many", ROW + ROW.strip() + ",1\n", "row 2: the row has 9 columns"),
    ("tabs", ROW.replace(",", "\t"), "row 1: the row has 1 column,"),
    ("null bytes", b"vidA\0,0902\n", "null bytes"),
    ("broken quotes", '"vidA,0902\n', "broken quoted cell"),
    ("endless cell", "v" * 300 + ROW, "row 1, column 1.*longer than 256"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in BAD], ids=[c[0] for c in BAD])
def test_bad_rows_are_refused_with_their_place(tmp_path, text, message):
    with pytest.raises(InvalidInput, match=message) as caught:
        read(tmp_path, found=text)
    assert caught.value.message.startswith("found.csv")


@pytest.mark.parametrize("evaluator", [name for name in RULES if name != "activitynet-2020"])
def test_what_only_the_evaluator_of_2020_takes(tmp_path, evaluator):
    with pytest.raises(InvalidInput, match="truth.csv, row 1: the row has 2 columns, .* 7 or 8"):
        read(tmp_path, "vidA,0902\n", evaluator=evaluator)
    with pytest.raises(InvalidInput, match=r"row 1, column 2 .*'902\.5' is not a whole number"):
        read(tmp_path, ROW.replace("0902", "902.5"), evaluator=evaluator)


def test_slowfast_needs_scores(tmp_path):
    with pytest.raises(InvalidInput, match="found.csv, row 1: .*score in column 8"):
        read(tmp_path, found="vidA,0902,0,0,1,1,1\n", evaluator="slowfast")


@pytest.mark.parametrize("evaluator", list(RULES))
def test_nobody_looks_at_the_score_of_a_class_that_does_not_count(tmp_path, evaluator):
    paths = [tmp_path / "truth.csv", tmp_path / "found.csv"]
    paths[0].write_text(ROW + "vidA,0902,0,0,1,1,2,somebody\n")
    paths[1].write_text(ROW + "vidA,0902,0,0,1,1,2,high\nvidA,0902,0,0,1,1,2\n")
    truth, found, _ = read_files(*paths, None, RULES[evaluator], classes={1, 3})
    assert found.score.tolist() == [0.9, 1.0, 1.0]
    if evaluator == "slowfast":  # it reads no person's id at all
        truth, *_ = read_files(paths[0], paths[0], None, RULES[evaluator], classes={1})
        assert truth.score.tolist() == [1.0, 1.0]
        return
    assert truth.score.tolist() == [0.9, 1.0]
    with pytest.raises(InvalidInput, match="truth.csv, row 2, column 8.*'somebody'"):
        read_files(*paths, None, RULES[evaluator], classes={1, 2})


def test_excluded_timestamps_are_rows_of_two(tmp_path):
    with pytest.raises(InvalidInput, match="excluded.csv, row 1: the row has 1 column, .* 2"):
        read(tmp_path, excluded="vidA\n", evaluator="activitynet-2019")


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-10, 10, places=4).map(str),
    st.integers(0, 10**18).map(str),
    st.sampled_from(["0.1", ".5", "5.", "007", "1e3", "+1", " 2 ", "0.12345678901234567"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=12))
def test_numbers_are_what_float_reads(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("numbers") / "n.csv"
    path.write_text("".join(f"x,{text}\n" for text in texts))
    values = Columns(path, NAMES).floats(1, np.arange(len(texts)))
    assert values.tolist() == [float(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(0, 10, places=6), min_size=1, max_size=20))
def test_decimals_are_read_exactly_and_quickly(values):
    texts = [str(value) for value in values]
    lengths = np.array([len(text) for text in texts])
    text = np.frombuffer("".join(texts).encode(), np.uint8)
    read, done = plain_numbers(text, np.cumsum(lengths) - lengths, lengths, fractions=True)
    assert done.all()
    assert read.tolist() == [float(value) for value in texts]


def label_map(folder, text, evaluator="activitynet-2020"):
    path = folder / "labels.pbtxt"
    path.write_text(text)
    return read_label_map(path, RULES[evaluator])


def test_both_dialects_of_label_maps(tmp_path):
    text = 'item {\n  name: "a, \'b\' (c)"\n  id: 3\n}\nlabel {\n  name: "d"\n  label_id: 1\n}\n'
    assert label_map(tmp_path, text) == {3: "a, 'b' (c)", 1: "d"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no class"),
        ('item {\n    name: "a"\n    id: 1\n}\n', "indented by exactly two"),
        ("item {\n  name: a\n  id: 1\n}\n", "row 2: the name is not in double quotes"),
        ('item {\n  name: "a"\n  id: one\n}\n', "row 3: the id is not a whole number: 'one'"),
        ('item {\n  name: "a"\n  id: 0\n}\n', "row 3: ids count from 1, got 0"),
    ],
)
def test_label_maps_that_are_refused(tmp_path, text, message):
    with pytest.raises(InvalidInput, match=f"labels.pbtxt.*{message}"):
        label_map(tmp_path, text)


def test_ids_of_label_maps_by_evaluator(tmp_path):
    text = 'item {\n  name: "a"\n  id: 0\n}\nitem {\n  name: "b"\n  id: 1\n}\n'
    assert label_map(tmp_path, text, "mmaction2") == {0: "a", 1: "b"}
    twice = text.replace("id: 0", "id: 1")
    assert label_map(tmp_path, twice) == {1: "b"}
    with pytest.raises(InvalidInput, match="row 7: the id 1 occurs twice"):
        label_map(tmp_path, twice, "mmaction2")


def test_a_label_map_that_is_no_text(tmp_path):
    (tmp_path / "labels.pbtxt").write_bytes(b"\xff\xfe\x00item")
    with pytest.raises(InvalidInput, match="no UTF-8 text"):
        read_label_map(tmp_path / "labels.pbtxt")
