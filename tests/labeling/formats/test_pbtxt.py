import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats.pbtxt import LabelEntry, read_labels, write_labels


def test_both_dialects_are_read():
    text = 'item {\n  name: "stand"\n  id: 12\n}\nlabel { name: \'sit\' label_id: 11\n' \
           "        label_type: PERSON_MOVEMENT # posture\n}\n"  # fmt: skip
    assert read_labels(text) == [
        LabelEntry(12, "stand"), LabelEntry(11, "sit", "PERSON_MOVEMENT")
    ]  # fmt: skip


def test_a_missing_id_is_zero():
    assert read_labels('label {\n  name: "label_0"\n}') == [LabelEntry(0, "label_0")]


def test_it_is_written_as_the_official_reader_wants_it():
    text = write_labels([LabelEntry(1, "bend/bow (at the waist)", "PERSON_MOVEMENT")])
    assert text == (
        'label {\n  name: "bend/bow (at the waist)"\n  label_id: 1\n'
        "  label_type: PERSON_MOVEMENT\n}\n"
    )
    # The official evaluator's scanner.
    names = [line.split('"')[1] for line in text.split("\n") if line.startswith("  name:")]
    numbers = [
        int(line.strip().split(" ")[-1])
        for line in text.split("\n")
        if line.startswith(("  id:", "  label_id:"))
    ]
    assert (names, numbers) == (["bend/bow (at the waist)"], [1])


names = st.text("abZ09 _-/(),.:;#{}<>'\"\\\né漢", min_size=1)
groups = st.just("") | st.from_regex(re.compile(r"[A-Z_][A-Z0-9_]*"), fullmatch=True)


@given(st.lists(st.builds(LabelEntry, st.integers(0, 10**6), names, groups), min_size=1,
                unique_by=lambda entry: entry.id))  # fmt: skip
def test_parsing_undoes_writing(entries):
    assert read_labels(write_labels(entries)) == entries


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no entry"),
        ("words, only words", "line 1: expected"),
        ('label {\n  name: "a"\n', "line 1: this entry is never closed"),
        ("label {\n  label_id: 1\n}", "line 1: this entry has no name"),
        ('label {\n  name: "a"\n  label_id: x\n}', "not a whole number: 'x'"),
        ('item { name: "a" id: 1 } item { name: "b" id: 1 }', "id 1 to 'a' and to 'b'"),
        ('item {\n  name "a"\n}', "line 2: expected 'field: value'"),
        ('item {\n  name: "a\n}', "line 2: unexpected"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(text, words):
    with pytest.raises(InvalidInput, match=re.escape(words)):
        read_labels(text)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("ava_action_list_v2.2.pbtxt", 80),
        ("ava_action_list_v2.2_for_activitynet_2019.pbtxt", 60),
        ("datumaro_ava_action_list_v2.2.pbtxt", 5),
        ("custom_jetsql/ava_action_list_v2.1.pbtxt", 6),
    ],
)
def test_real_label_maps_are_read(shared_data, name, count):
    entries = read_labels((shared_data / "ava" / name).read_text())
    assert len(entries) == count
    assert read_labels(write_labels(entries)) == entries
