import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats import cells


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="'=+-@\t\r\n (|!A1_.＝", max_size=8) | st.text(max_size=8))
def test_a_written_cell_reads_back(text):
    assert cells.read(cells.written(text)) == text


@settings(max_examples=60, deadline=None)
@given(st.sampled_from("=+@\t\r\n＝＋＠－"), st.text(max_size=8))
def test_no_written_cell_begins_like_a_formula(first, rest):
    assert cells.written(first + rest)[0] == "'"


@pytest.mark.parametrize(
    "text", ["-5KQ66BBWC4", "---QUuC4vJs", "-IMG_0124_5", "-1.5", "a=b", "'tis"]
)
def test_ids_that_begin_with_a_hyphen_stay(text):
    assert cells.written(text) == cells.read(text) == text


@pytest.mark.parametrize("text", ["-1+cmd|' /C calc'!A0", "-SUM(A1)", "-2+3", "=HYPERLINK(A1)"])
def test_a_formula_behind_a_hyphen_is_defused(text):
    assert cells.written(text) == f"'{text}"
