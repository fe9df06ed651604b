"""Rows and videos of a file, kept compactly and sorted by video."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.export.import_videos import Known, VideoKeys
from labeling.export.rows import Spool, pack_row, pack_value, unpack_rows, unpack_values
from labeling.formats.ava import AvaRow
from labeling.formats.dataset import FileBox, FileTube, FileVideo

box = st.tuples(*[st.floats(0, 5000, allow_nan=False)] * 4)
rows = st.builds(
    AvaRow,
    st.just("yard"),
    st.decimals(0, 10**7 - 1, places=9, allow_nan=False),
    st.none() | box,
    st.none() | st.integers(-999_999_999, 999_999_999),
    st.none() | st.integers(0, 999_999_999),
    st.none() | st.floats(-10, 10, allow_nan=False),
    st.integers(0, 17),
    st.integers(1, 2**31),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, max_size=5))
def test_rows_come_back_as_they_were(made):
    packed = b"".join(map(pack_row, made))
    assert list(unpack_rows(packed, "yard")) == made
    assert [row.timestamp for row in unpack_rows(packed, "yard")] == [r.timestamp for r in made]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=9))), st.integers(0, 30))
def test_pieces_come_back_by_key_whatever_fits_into_memory(pieces, limit):
    wanted: dict[str, bytes] = {}
    with Spool(limit) as spool:
        for key, piece in pieces:
            spool.add(key, piece)
            wanted[key] = wanted.get(key, b"") + piece
            assert spool._held <= max(limit, 0)
        for _ in range(2):
            assert {key: spool.read(key) for key in wanted} == wanted
            assert set(spool.keys()) == wanted.keys()


def test_videos_of_a_file_come_back_as_they_were():
    tube = FileTube((FileBox(Fraction(1, 3), (0.0, 0.0, 1.0, 1.0), row=3),), 1)
    made = [FileVideo("a", tubes=(tube,)), FileVideo("b", frame_rate=Fraction(30000, 1001))]
    found = list(unpack_values(b"".join(map(pack_value, made))))
    assert found == made and found[0].tubes[0].boxes[0].row == 3


def keys(*videos):
    return VideoKeys(Known(i, name, key, Fraction(start), Fraction(10))
                     for i, name, key, start in videos)  # fmt: skip


def test_a_video_is_found_by_external_id_name_stem_and_clip():
    found = keys(("1", "a.mp4", "x", 0), ("2", "x.mp4", "", 0), ("3", "m_000017_000027.mp4", "", 0))
    assert [found.get(key) for key in ("x", "a", "x.mp4", "x.avi", "m", "y")] == [
        "1", "1", "2", "2", "3", None,
    ]  # fmt: skip
    assert found.start_s("3") == 17


def test_clips_of_one_movie_are_told_apart_by_time():
    found = keys(("1", "m_000017_000027.mp4", "", 0), ("2", "m_000100_000110.mp4", "", 0),
                 ("3", "b.mp4", "n", 900), ("4", "c.mp4", "n", 910))  # fmt: skip
    assert found.get("m") is None
    assert [found.get("m", Decimal(at)) for at in ("17", "26.9", "27", "109")] == [
        "1", "1", None, "2",
    ]  # fmt: skip
    assert found.get("n", Decimal(912)) == "4"


def test_two_videos_of_one_name_are_nobody():
    assert keys(("1", "a.mp4", "", 0), ("2", "a.mp4", "", 0)).get("a.mp4") is None


def test_a_video_is_found_by_what_a_format_made_of_its_name():
    names = ["-5KQ66BBWC4", "a b", "c d", "c_d", "e f", "e/f"]
    found = keys(*((str(i), f"{name}.mp4", "", 0) for i, name in enumerate(names, 1)))
    wanted = {"_5KQ66BBWC4": "1", "a_b": "2", "c_d": "4", "e_f": None, "a-b": None}
    assert {key: found.get(key) for key in wanted} == wanted
