"""docs/keys.md lists the editor's keys as its source has them."""

import re

from scripts import keys


def test_the_page_is_the_map():
    assert keys.render(keys.source()) == keys.PAGE.read_text(), (
        "the keys have changed: run 'make keys'"
    )


def test_no_binding_escapes_the_page():
    source = keys.source()
    titles = {title for rows in keys.bindings(source).values() for title, _ in rows}
    assert len(titles) > 25
    assert all(keys.bindings(source).values())
    assert titles == set(re.findall(r'title: "([^"]+)"', source))


def test_keys_read_as_on_a_keyboard():
    assert keys.shown("Ctrl+Shift+KeyZ") == "Ctrl+Shift+Z"
    assert keys.shown("Alt+BracketLeft") == "Alt+["
