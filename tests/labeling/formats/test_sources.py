import pytest

from labeling.formats.sources import FileNames


def test_names_are_taken_once_whatever_a_disk_makes_of_them():
    names = FileNames()
    # The last two are one letter and a mark on it.
    made = [names.of(key) for key in ("clip", "CLIP", "\u00e9", "e\u0301", "E\u0301")]
    assert made == ["clip", "CLIP_2", "\u00e9", "e\u0301_2", "E\u0301_3"]


@pytest.mark.parametrize(
    ("key", "name"),
    [("a:b", "a_b"), ("\u202eabc", "_abc"), ("..", "_"), ("", "video"), ("a. ", "a_")],
)
def test_what_some_system_refuses_is_replaced(key, name):
    assert FileNames().of(key) == name


def test_letters_of_several_bytes_leave_room_for_an_ending():
    name = FileNames().of("日" * 300)
    assert set(name) == {"日"} and len(name.encode()) <= 150
