"""docs/simulate.md lists the functions, the keys and the options there are."""

import re

from mlbackend.management.commands.simulate import DATASETS, METRICS, Command
from mlbackend.select.acquisition import acquisitions_listed
from mlbackend.simulate.built_in import BUILT_IN
from mlbackend.simulate.feature_file import ALIASES, KEYS, POOL_WORDS, TEST_WORDS
from mlbackend.simulate.metrics import METRICS as MEASURED
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/simulate.md").read_text()


def test_every_function_is_listed_as_it_is():
    listed = [line for line in TEXT.splitlines() if re.match(r"\| `\w+` \| [A-Z]", line)]
    expected = [
        "| `{name}` | {title} | {about} | {labels} | {needs} |".format(**each)
        for each in acquisitions_listed()
    ]
    assert listed == expected


def test_every_key_of_a_feature_file_is_told_of():
    keys = set(re.findall(r"^\| `(\w+)` \| \(", TEXT, re.M))
    assert keys == set(KEYS)
    for word in (*ALIASES, *POOL_WORDS, *TEST_WORDS):
        assert f"`{word}`" in TEXT


def test_options_that_are_named_exist():
    parser = Command().create_parser("manage.py", "simulate")
    known = {option for action in parser._actions for option in action.option_strings}
    named = set(re.findall(r"--[a-z][a-z-]+", TEXT)) - {"--set", "--out"}
    assert named <= known


def test_the_command_knows_the_data_sets_and_metrics_there_are():
    assert list(DATASETS) == list(BUILT_IN)
    assert list(METRICS) == list(MEASURED)
