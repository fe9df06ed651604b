"""A worker killed in each step of a round: it ends as a round that nobody disturbed."""

import json

import pytest

from tests.services.rounds import STEPS, WHEN

pytestmark = pytest.mark.services


def test_a_round_killed_in_every_step_ends_as_one_left_alone(install):
    quiet = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    installation = install(TUBELAB_JOB_STALE_S="600", **quiet)
    found = json.loads(
        installation.call("-m", "tests.services.rounds", limit_s=900).splitlines()[-1]
    )
    left_alone, killed = found["ends"]
    assert found["kills"] == [[step, when, True] for step in STEPS for when in WHEN]
    assert left_alone["state"][0] == "done" and left_alone["proposed"], left_alone
    assert killed == left_alone
    assert found["human"] == [True, True], "what people did is the same, to the byte"
    assert left_alone["on_the_open_tube"] == 0, "what somebody has open is left alone"
