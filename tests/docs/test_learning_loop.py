"""The calls of docs/learning-loop.md are calls of this API, with bodies that it takes."""

import json
import re

import pytest
from django.urls import resolve

from mlbackend.loop_settings import LoopSettings
from tests.annotator.access import RULES
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/learning-loop.md").read_text()
IDS = {"P": "1"} | {
    name: f"00000000-0000-0000-0000-00000000000{n}" for n, name in enumerate("VJRQ")
}


def filled(path):
    return re.sub(r"\$([A-Z]+)", lambda found: IDS[found[1]], path)


def calls():
    """(method, path with ids, body) of every call in the page's code, curl's and those in words."""
    for line in re.findall(r"^    call (.+(?:\n      .+)*)", TEXT, re.M):
        method = re.search(r"-X (\w+)", line)
        path = re.search(r"\$HOST(/api/[^\s\"?]+)", line)
        body = re.search(r"-d '(.+)'", line, re.S)
        yield method[1] if method else "GET", filled(path[1]), body and json.loads(body[1])
    for method, path in re.findall(r"`(GET|POST|PATCH) (/api/[^`\s]+)`", TEXT):
        yield method, filled(path), None


CALLS = list(calls())


def test_the_page_shows_the_whole_loop():
    shown = {(method, path.rsplit("/", 1)[1]) for method, path, _ in CALLS}
    assert shown >= {
        ("POST", "hold-out"), ("PATCH", "loop"), ("POST", "next"), ("POST", "commits"),
        ("POST", "rounds"), ("GET", "learning"), ("GET", "classes"), ("GET", "diff"),
        ("POST", "promote"), ("GET", "guards"), ("POST", "token"),
    }  # fmt: skip


@pytest.mark.parametrize("method, path, body", CALLS, ids=[f"{m} {p}" for m, p, _ in CALLS])
def test_every_call_has_its_address(method, path, body):
    assert f"{method} {resolve(path).route.removeprefix('api/')}" in RULES


def test_the_loops_settings_are_taken():
    (changes,) = [body for method, path, body in CALLS if path.endswith("/loop") and body]
    assert LoopSettings().changed(changes).batch == changes["batch"]
