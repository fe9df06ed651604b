"""The table of the loop's settings in docs/rounds.md is true."""

import json
import re

import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.loop_settings import LoopSettings
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/rounds.md").read_text()
ROWS = re.findall(r"^\| `([a-z_]+)` \| `(\S+)` \| (.+?) \|", TEXT, re.M)
RANGES = {name: re.findall(r"[\d.]+", ends) for name, _, ends in ROWS if " to " in ends}


def test_every_setting_is_there_with_its_default():
    assert {name: json.loads(default) for name, default, _ in ROWS} == LoopSettings().as_dict()


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_a_range_are_taken_and_nothing_beyond(name):
    usual = LoopSettings()
    least, most = (json.loads(end) for end in RANGES[name])
    for value in (least, most):
        assert getattr(usual.changed({name: value}), name) == value
    for value in (least - 1, most + 1):
        with pytest.raises(InvalidInput):
            usual.changed({name: value})


def test_those_who_may_promote_are_named():
    (ends,) = (ends for name, _, ends in ROWS if name == "promote_by")
    for who in re.findall(r"`(\w+)`", ends):
        assert LoopSettings().changed({"promote_by": who}).promote_by == who
